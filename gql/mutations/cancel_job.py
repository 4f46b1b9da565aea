"""`cancelJob`: ask that a job ends."""

from datetime import timedelta
from typing import Annotated

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.cost import COMMAND
from jobwire.gql.errors import RefusalsAsData
from jobwire.gql.global_ids import read_job_id
from jobwire.gql.mutations.changed_job import changed_job
from jobwire.gql.mutations.errors_field import errors_field
from jobwire.gql.mutations.if_version_field import if_version_field
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.job import Job
from jobwire.gql.types.job_cancellation import CancelMode
from jobwire.gql.types.user_error import UserError
from jobwire.jobs.cancel import MAX_REASON_LENGTH, cancel
from jobwire.jobs.doorbell import Topic
from jobwire.jobs.iso8601 import format_duration
from jobwire.jobs.lifecycle import CANCEL_GRACE
from jobwire.jobs.viewer import Scope
from jobwire.models.vocabulary import CancelMode as Mode


@strawberry.input(description="The job to cancel.")
class CancelJobInput:
    """A job, how insistent the cancel is, and a reason."""

    id: strawberry.ID = strawberry.field(
        description="The id of the job, or its bare UUID."
    )
    mode: CancelMode = strawberry.field(
        default=CancelMode.GRACEFUL,
        description=(
            "How insistent the cancel is. FORCE after GRACEFUL escalates it; GRACEFUL"
            " after FORCE changes nothing."
        ),
    )
    grace_period: timedelta | None = strawberry.field(
        default=None,
        description=(
            "How long running code may take to stop, from now on: PT0S to P1D; absent"
            f" or null: {format_duration(CANCEL_GRACE)}. After it a GRACEFUL cancel is"
            " overdue, and a FORCE one settles the job. An escalation can bring that"
            " time nearer, and never puts it off."
        ),
    )
    reason: str | None = strawberry.field(
        default=None,
        description=(
            f"Why, for people: 1 to {MAX_REASON_LENGTH:,} characters, kept with the"
            " job; absent or null: nothing is said. That of an escalation takes the"
            " place of the first one."
        ),
    )
    if_version: int | None = if_version_field()


@strawberry.type(description="What cancelJob did.")
class CancelJobPayload:
    """A job, or refusals."""

    job: Job | None = strawberry.field(
        default=None,
        description=(
            "The job after the request; its cancellation tells what became of it. Null"
            " when refused."
        ),
    )
    already_settled: bool = strawberry.field(
        default=False,
        description="Whether the job had ended before; then nothing was changed.",
    )
    errors: list[UserError] = errors_field()


async def resolve_cancel_job(
    info: Info,
    input: Annotated[
        CancelJobInput, strawberry.argument(description="The job to cancel.")
    ],
) -> CancelJobPayload:
    """Resolve `cancelJob`."""
    job_id = read_job_id(input.id)
    engine, grace = info.context.engine, input.grace_period
    async with info.context.database.transaction() as connection:
        result = await cancel(
            connection,
            job_id,
            viewer=info.context.viewer,
            mode=Mode[input.mode.name],
            grace_period=CANCEL_GRACE if grace is None else grace,
            reason=input.reason,
            if_version=input.if_version,
            now=engine.clock.now(),
        )
    engine.doorbell.ring(Topic.CANCEL, Topic.CHANGE)
    return CancelJobPayload(
        job=await changed_job(info, result.job),
        already_settled=result.already_settled,
    )


cancel_job = strawberry.mutation(
    resolver=resolve_cancel_job,
    description=(
        "Ask that a job ends. One that is not running becomes CANCELED at once. A"
        " running one is told to stop and becomes CANCELED when its code has stopped,"
        " or keeps its own end if that comes first; with the mode FORCE it becomes"
        " CANCELED after the grace period at the latest. Asking again changes nothing"
        " but to escalate to FORCE, and a job that has ended stays as it is."
    ),
    extensions=[
        RequiresScope(Scope.JOBS_WRITE),
        RefusalsAsData(lambda errors: CancelJobPayload(errors=errors)),
    ],
    directives=[COMMAND],
)
