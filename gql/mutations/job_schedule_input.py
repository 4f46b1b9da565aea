"""What the mutations of one job schedule take and answer."""

import strawberry

from jobwire.gql.mutations.errors_field import errors_field
from jobwire.gql.types.job_schedule import JobSchedule
from jobwire.gql.types.user_error import UserError


@strawberry.input(description="A job schedule.")
class JobScheduleInput:
    """A job schedule."""

    id: strawberry.ID = strawberry.field(description="The id of the schedule, sch_….")


@strawberry.type(description="What a mutation did to a job schedule.")
class JobSchedulePayload:
    """A schedule, or refusals."""

    schedule: JobSchedule | None = strawberry.field(
        default=None, description="The schedule as it is now; null when refused."
    )
    errors: list[UserError] = errors_field()
