"""What `cancelJobs` and `retryJobs` share."""

from jobwire.gql.context import Info
from jobwire.gql.mutations.bulk_payload import BulkPayload
from jobwire.gql.types.bulk_operation import BulkOperation
from jobwire.jobs.bulk import BulkRequest, ask
from jobwire.jobs.doorbell import Topic

DRY_RUN = "Only count the jobs: nothing is recorded and nothing is done."
EXPECTED_COUNT = (
    "Refuse with a CountMismatchError when the selection holds another number of jobs,"
    " so that no more is done than what was counted before; absent or null: however"
    " many there are."
)


async def ask_in_bulk(
    info: Info, request: BulkRequest, *, dry_run: bool, expected_count: int | None
) -> BulkPayload:
    """Count the jobs and record the operation, unless it is a dry run."""
    engine = info.context.engine
    async with info.context.database.transaction() as connection:
        asked = await ask(
            connection,
            request,
            viewer=info.context.viewer,
            now=engine.clock.now(),
            dry_run=dry_run,
            expected_count=expected_count,
        )
    if asked.operation is None:
        return BulkPayload(matched_count=asked.matched_count)
    engine.doorbell.ring(Topic.BULK)
    return BulkPayload(
        operation=BulkOperation.of(asked.operation), matched_count=asked.matched_count
    )
