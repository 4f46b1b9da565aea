"""`rescheduleJob`: move the time of a job that has not started."""

from typing import Annotated

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.cost import COMMAND
from jobwire.gql.errors import RefusalsAsData
from jobwire.gql.global_ids import read_job_id
from jobwire.gql.mutations.changed_job import changed_job
from jobwire.gql.mutations.errors_field import errors_field
from jobwire.gql.mutations.if_version_field import if_version_field
from jobwire.gql.mutations.schedule_job_input import RunTimeInput
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.job import Job
from jobwire.gql.types.user_error import UserError
from jobwire.jobs.doorbell import Topic
from jobwire.jobs.reschedule import reschedule
from jobwire.jobs.viewer import Scope


@strawberry.input(description="The job to move, and its new time.")
class RescheduleJobInput:
    """A job and a time."""

    id: strawberry.ID = strawberry.field(
        description="The id of a job that has not started, or its bare UUID."
    )
    when: RunTimeInput = strawberry.field(description="When to run it instead.")
    if_version: int | None = if_version_field()


@strawberry.type(description="What rescheduleJob did.")
class RescheduleJobPayload:
    """A job, or refusals."""

    job: Job | None = strawberry.field(
        default=None, description="The job with its new time; null when refused."
    )
    errors: list[UserError] = errors_field()


async def resolve_reschedule_job(
    info: Info,
    input: Annotated[
        RescheduleJobInput,
        strawberry.argument(description="The job to move, and its new time."),
    ],
) -> RescheduleJobPayload:
    """Resolve `rescheduleJob`."""
    job_id = read_job_id(input.id)
    engine = info.context.engine
    async with info.context.database.transaction() as connection:
        row = await reschedule(
            connection,
            job_id,
            viewer=info.context.viewer,
            now=engine.clock.now(),
            when=RunTimeInput.resolve(input.when),
            if_version=input.if_version,
        )
    engine.doorbell.ring(Topic.WORK, Topic.CHANGE)
    return RescheduleJobPayload(job=await changed_job(info, row))


reschedule_job = strawberry.mutation(
    resolver=resolve_reschedule_job,
    description=(
        "Give a job that is SCHEDULED or QUEUED another time; its time-to-live counts"
        " from there. It is refused by an InvalidStateError once an attempt has started"
        " or the job was handed over to Trigger.dev, even if it is QUEUED again."
    ),
    extensions=[
        RequiresScope(Scope.JOBS_WRITE),
        RefusalsAsData(lambda errors: RescheduleJobPayload(errors=errors)),
    ],
    directives=[COMMAND],
)
