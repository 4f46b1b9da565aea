"""`runJobScheduleNow`: a job of a schedule at once."""

from typing import Annotated

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.cost import COMMAND
from jobwire.gql.errors import RefusalsAsData
from jobwire.gql.global_ids import read_schedule_id
from jobwire.gql.mutations.changed_job import changed_job
from jobwire.gql.mutations.job_schedule_input import JobScheduleInput
from jobwire.gql.mutations.schedule_job import ScheduleJobPayload
from jobwire.gql.scopes import RequiresScope
from jobwire.jobs.cron.run_now import run_now
from jobwire.jobs.doorbell import Topic
from jobwire.jobs.viewer import Scope


async def resolve_run_job_schedule_now(
    info: Info,
    input: Annotated[
        JobScheduleInput, strawberry.argument(description="The schedule to run.")
    ],
) -> ScheduleJobPayload:
    """Resolve `runJobScheduleNow`."""
    schedule_id = read_schedule_id(input.id)
    engine = info.context.engine
    async with info.context.database.transaction() as connection:
        row = await run_now(
            connection,
            schedule_id,
            registry=engine.registry,
            viewer=info.context.viewer,
            now=engine.clock.now(),
            policy=engine.policy,
        )
    engine.doorbell.ring(Topic.WORK, Topic.CHANGE)
    return ScheduleJobPayload(job=await changed_job(info, row), created=True)


run_job_schedule_now = strawberry.mutation(
    resolver=resolve_run_job_schedule_now,
    description=(
        "Make a job of a schedule at once, for people: also while it is paused, and"
        " whatever jobs of it are open. Its ticks go on as if nothing had been; the"
        " overlapPolicy counts the job while it is open."
    ),
    extensions=[
        RequiresScope(Scope.SCHEDULES_WRITE),
        RefusalsAsData(lambda errors: ScheduleJobPayload(errors=errors)),
    ],
    directives=[COMMAND],
)
