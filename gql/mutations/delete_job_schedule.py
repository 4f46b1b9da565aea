"""`deleteJobSchedule`: have a job schedule fire never again."""

from typing import Annotated

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.cost import COMMAND
from jobwire.gql.errors import RefusalsAsData
from jobwire.gql.global_ids import GlobalId, Kind, read_schedule_id
from jobwire.gql.mutations.errors_field import errors_field
from jobwire.gql.mutations.job_schedule_input import JobScheduleInput
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.user_error import UserError
from jobwire.jobs.cron.change import delete
from jobwire.jobs.viewer import Scope


@strawberry.type(description="What deleteJobSchedule did.")
class DeleteJobSchedulePayload:
    """The id of a schedule that is no more, or refusals."""

    deleted_id: strawberry.ID | None = strawberry.field(
        default=None,
        description=(
            "The id of the schedule, under which nothing is found any more; null when"
            " refused."
        ),
    )
    errors: list[UserError] = errors_field()


async def resolve_delete_job_schedule(
    info: Info,
    input: Annotated[
        JobScheduleInput, strawberry.argument(description="The schedule to delete.")
    ],
) -> DeleteJobSchedulePayload:
    """Resolve `deleteJobSchedule`."""
    schedule_id = read_schedule_id(input.id)
    engine = info.context.engine
    async with info.context.database.transaction() as connection:
        await delete(
            connection,
            schedule_id,
            viewer=info.context.viewer,
            now=engine.clock.now(),
        )
    return DeleteJobSchedulePayload(
        deleted_id=strawberry.ID(str(GlobalId(Kind.SCHEDULE, schedule_id)))
    )


delete_job_schedule = strawberry.mutation(
    resolver=resolve_delete_job_schedule,
    description=(
        "Delete a job schedule: it fires never again, and its key is free. Its jobs"
        " stay, and open ones go on. Trigger.dev's own schedule is deleted with it, as"
        " soon as Trigger.dev can be told."
    ),
    extensions=[
        RequiresScope(Scope.SCHEDULES_WRITE),
        RefusalsAsData(lambda errors: DeleteJobSchedulePayload(errors=errors)),
    ],
    directives=[COMMAND],
)
