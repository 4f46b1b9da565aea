"""`resumeJobSchedule`: have a job schedule fire again."""

from typing import Annotated

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.cost import COMMAND
from jobwire.gql.errors import RefusalsAsData
from jobwire.gql.global_ids import read_schedule_id
from jobwire.gql.mutations.job_schedule_input import (
    JobScheduleInput,
    JobSchedulePayload,
)
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.job_schedule import JobSchedule
from jobwire.jobs.cron.change import resume
from jobwire.jobs.viewer import Scope


async def resolve_resume_job_schedule(
    info: Info,
    input: Annotated[
        JobScheduleInput, strawberry.argument(description="The schedule to resume.")
    ],
) -> JobSchedulePayload:
    """Resolve `resumeJobSchedule`."""
    schedule_id = read_schedule_id(input.id)
    engine = info.context.engine
    async with info.context.database.transaction() as connection:
        row = await resume(
            connection,
            schedule_id,
            viewer=info.context.viewer,
            now=engine.clock.now(),
        )
    return JobSchedulePayload(schedule=JobSchedule.of(row))


resume_job_schedule = strawberry.mutation(
    resolver=resolve_resume_job_schedule,
    description=(
        "Have a paused job schedule fire again, from its first tick from now on: ticks"
        " that have passed meanwhile make no jobs. One that is not paused stays so."
    ),
    extensions=[
        RequiresScope(Scope.SCHEDULES_WRITE),
        RefusalsAsData(lambda errors: JobSchedulePayload(errors=errors)),
    ],
    directives=[COMMAND],
)
