"""`pauseJobSchedule`: keep a job schedule from firing."""

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
from jobwire.jobs.cron.change import pause
from jobwire.jobs.viewer import Scope


async def resolve_pause_job_schedule(
    info: Info,
    input: Annotated[
        JobScheduleInput, strawberry.argument(description="The schedule to pause.")
    ],
) -> JobSchedulePayload:
    """Resolve `pauseJobSchedule`."""
    schedule_id = read_schedule_id(input.id)
    engine = info.context.engine
    async with info.context.database.transaction() as connection:
        row = await pause(
            connection,
            schedule_id,
            viewer=info.context.viewer,
            now=engine.clock.now(),
        )
    return JobSchedulePayload(schedule=JobSchedule.of(row))


pause_job_schedule = strawberry.mutation(
    resolver=resolve_pause_job_schedule,
    description=(
        "Have a job schedule not fire until it is resumed, here or on Trigger.dev. Jobs"
        " that it has made go on, and a tick that waits for one of them is dropped. One"
        " that is paused stays so."
    ),
    extensions=[
        RequiresScope(Scope.SCHEDULES_WRITE),
        RefusalsAsData(lambda errors: JobSchedulePayload(errors=errors)),
    ],
    directives=[COMMAND],
)
