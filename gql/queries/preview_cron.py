"""`previewCron`: what a cron expression means, before anything is scheduled."""

from datetime import datetime
from typing import Annotated

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.cost import Cost
from jobwire.gql.errors import to_user_errors
from jobwire.gql.mutations.errors_field import errors_field
from jobwire.gql.run_times import Count, check_count, run_times
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.user_error import UserError
from jobwire.jobs.cron.expression import read_expression
from jobwire.jobs.cron.time_zone import check_zone
from jobwire.jobs.errors import InvalidInputError
from jobwire.jobs.viewer import Scope


@strawberry.type(description="What a cron expression means, or why it is none.")
class CronPreview:
    """A description and instants, or refusals."""

    description: str | None = strawberry.field(
        default=None, description="What it says, in English; null when refused."
    )
    next_run_times: list[datetime] = strawberry.field(
        default_factory=list,
        description=(
            "When a schedule of JOBWIRE would fire from now on; empty when refused."
        ),
    )
    errors: list[UserError] = errors_field()


async def resolve_preview_cron(
    info: Info,
    cron: Annotated[
        str, strawberry.argument(description="The expression; see JobSchedule.cron.")
    ],
    timezone: Annotated[
        str,
        strawberry.argument(description="The IANA time zone that it is read in."),
    ] = "UTC",
    count: Count = 5,
) -> CronPreview:
    """Resolve `previewCron`."""
    check_count(count)
    try:
        expression = read_expression(cron)
        check_zone(timezone)
    except InvalidInputError as error:
        return CronPreview(errors=to_user_errors(error, within=()))
    now = info.context.engine.clock.now()
    return CronPreview(
        description=expression.description,
        next_run_times=await run_times(
            expression.ticks_after(timezone, now), count, info.context
        ),
    )


preview_cron = strawberry.field(
    resolver=resolve_preview_cron,
    description=(
        "Read a cron expression, for forms: what it says, when it would fire, or why it"
        " is refused. Nothing is scheduled."
    ),
    extensions=[RequiresScope(Scope.JOBS_READ)],
    directives=[Cost(weight=5)],
)
