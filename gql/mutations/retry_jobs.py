"""`retryJobs`: run many jobs that have ended once more."""

from typing import Annotated

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.cost import Cost
from jobwire.gql.errors import RefusalsAsData
from jobwire.gql.mutations.ask_in_bulk import DRY_RUN, EXPECTED_COUNT, ask_in_bulk
from jobwire.gql.mutations.bulk_payload import BulkPayload
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.job_selector import JobSelectorInput, to_selection
from jobwire.jobs.bulk import BulkRequest
from jobwire.jobs.viewer import Scope
from jobwire.models.vocabulary import BulkAction


@strawberry.input(description="The jobs to run again.")
class RetryJobsInput:
    """Jobs, and the guards."""

    select: JobSelectorInput = strawberry.field(
        description="Which jobs. Those that have not ended refuse: narrow by statuses."
    )
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)
    expected_count: int | None = strawberry.field(
        default=None, description=EXPECTED_COUNT
    )


async def resolve_retry_jobs(
    info: Info,
    input: Annotated[
        RetryJobsInput, strawberry.argument(description="The jobs to run again.")
    ],
) -> BulkPayload:
    """Resolve `retryJobs`."""
    return await ask_in_bulk(
        info,
        BulkRequest(action=BulkAction.RETRY, selection=to_selection(input.select)),
        dry_run=input.dry_run,
        expected_count=input.expected_count,
    )


retry_jobs = strawberry.mutation(
    resolver=resolve_retry_jobs,
    description=(
        "Do to many jobs what retryJob does to one. The jobs are counted and selected"
        " at once; workers then schedule a new job for each in the background, held to"
        " the types of the worker. The new jobs are never part of the selection."
    ),
    extensions=[
        RequiresScope(Scope.JOBS_WRITE),
        RefusalsAsData(lambda errors: BulkPayload(errors=errors)),
    ],
    directives=[Cost(weight=100)],
)
