"""`cancelJobs`: ask that many jobs end."""

from datetime import timedelta
from typing import Annotated

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.cost import Cost
from jobwire.gql.errors import RefusalsAsData
from jobwire.gql.mutations.ask_in_bulk import DRY_RUN, EXPECTED_COUNT, ask_in_bulk
from jobwire.gql.mutations.bulk_payload import BulkPayload
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.job_cancellation import CancelMode
from jobwire.gql.types.job_selector import JobSelectorInput, to_selection
from jobwire.jobs.bulk import BulkRequest
from jobwire.jobs.cancel import MAX_REASON_LENGTH
from jobwire.jobs.iso8601 import format_duration
from jobwire.jobs.lifecycle import CANCEL_GRACE
from jobwire.jobs.viewer import Scope
from jobwire.models.vocabulary import BulkAction
from jobwire.models.vocabulary import CancelMode as Mode


@strawberry.input(description="The jobs to cancel.")
class CancelJobsInput:
    """Jobs, how insistent their cancels are, a reason, and the guards."""

    select: JobSelectorInput = strawberry.field(description="Which jobs.")
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)
    expected_count: int | None = strawberry.field(
        default=None, description=EXPECTED_COUNT
    )
    mode: CancelMode = strawberry.field(
        default=CancelMode.GRACEFUL, description="How insistent the cancels are."
    )
    grace_period: timedelta | None = strawberry.field(
        default=None,
        description=(
            "How long running code may take to stop, from the moment on in which its"
            " job is asked to: PT0S to P1D; absent or null:"
            f" {format_duration(CANCEL_GRACE)}."
        ),
    )
    reason: str | None = strawberry.field(
        default=None,
        description=(
            f"Why, for people: 1 to {MAX_REASON_LENGTH:,} characters, kept with each"
            " job; absent or null: nothing is said."
        ),
    )


async def resolve_cancel_jobs(
    info: Info,
    input: Annotated[
        CancelJobsInput, strawberry.argument(description="The jobs to cancel.")
    ],
) -> BulkPayload:
    """Resolve `cancelJobs`."""
    grace = input.grace_period
    return await ask_in_bulk(
        info,
        BulkRequest(
            action=BulkAction.CANCEL,
            selection=to_selection(input.select),
            mode=Mode[input.mode.name],
            grace_period=CANCEL_GRACE if grace is None else grace,
            reason=input.reason,
        ),
        dry_run=input.dry_run,
        expected_count=input.expected_count,
    )


cancel_jobs = strawberry.mutation(
    resolver=resolve_cancel_jobs,
    description=(
        "Do to many jobs what cancelJob does to one. The jobs are counted and selected"
        " at once; workers then cancel them in the background, whatever becomes of the"
        " request, and skip those that have ended or are being canceled."
    ),
    extensions=[
        RequiresScope(Scope.JOBS_WRITE),
        RefusalsAsData(lambda errors: BulkPayload(errors=errors)),
    ],
    directives=[Cost(weight=100)],
)
