"""`scheduleJob`: accept a job."""

from typing import Annotated

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.cost import COMMAND
from jobwire.gql.errors import RefusalsAsData
from jobwire.gql.mutations.changed_job import changed_job
from jobwire.gql.mutations.errors_field import errors_field
from jobwire.gql.mutations.schedule_job_input import ScheduleJobInput
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.job import Job
from jobwire.gql.types.user_error import UserError
from jobwire.jobs.run_wait import check_wait, wait_for_run
from jobwire.jobs.viewer import Scope


@strawberry.type(description="What scheduleJob did.")
class ScheduleJobPayload:
    """A job, or refusals."""

    job: Job | None = strawberry.field(
        default=None,
        description=(
            "The job that was accepted, or that of the first request with the same"
            " idempotencyKey; null when refused."
        ),
    )
    created: bool = strawberry.field(
        default=False,
        description=(
            "Whether this request created the job; false when an earlier one with its"
            " idempotencyKey did, and when refused."
        ),
    )
    errors: list[UserError] = errors_field()


async def resolve_schedule_job(
    info: Info,
    input: Annotated[
        ScheduleJobInput, strawberry.argument(description="The job to schedule.")
    ],
) -> ScheduleJobPayload:
    """Resolve `scheduleJob`."""
    engine = info.context.engine
    viewer = info.context.viewer
    if input.wait_for_run is not None:
        check_wait(input.wait_for_run, path=("waitForRun",))
    scheduled = await engine.intake.schedule(
        input.request(), registry=engine.registry, viewer=viewer, policy=engine.policy
    )
    row = scheduled.job
    if input.wait_for_run is not None:
        row = await wait_for_run(
            engine.feed, row, viewer=viewer, span=input.wait_for_run
        )
    return ScheduleJobPayload(
        job=await changed_job(info, row), created=scheduled.created
    )


schedule_job = strawberry.mutation(
    resolver=resolve_schedule_job,
    description=(
        "Accept a job: it becomes QUEUED when it is due at once, else SCHEDULED. When"
        " this answers, the job is committed."
    ),
    extensions=[
        RequiresScope(Scope.JOBS_WRITE),
        RefusalsAsData(lambda errors: ScheduleJobPayload(errors=errors)),
    ],
    directives=[COMMAND],
)
