"""`jobCounts`: how many jobs stand where."""

from typing import Annotated

import strawberry
from graphql import GraphQLError

from jobwire.gql.context import Info
from jobwire.gql.cost import OWN_STATEMENT
from jobwire.gql.error_codes import ErrorCode
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.job_counts import JobCounts, JobCountsFilter, to_counts_filter
from jobwire.jobs.counts import CountsBehindError, read_counts
from jobwire.jobs.viewer import Scope

CountsOf = Annotated[
    JobCountsFilter | None,
    strawberry.argument(
        description="Which jobs; absent or null: all that the caller may see."
    ),
]


async def resolve_job_counts(info: Info, filter: CountsOf = None) -> JobCounts:
    """Resolve `jobCounts`."""
    engine = info.context.engine
    chosen = to_counts_filter(filter).within(info.context.viewer)
    try:
        found = await read_counts(info.context.database, chosen, clock=engine.clock)
    except CountsBehindError as behind:
        raise GraphQLError(
            str(behind), extensions={"code": ErrorCode.UNAVAILABLE.value}
        ) from None
    return JobCounts.of(found)


job_counts = strawberry.field(
    resolver=resolve_job_counts,
    description=(
        "How many jobs stand where: those of the caller, or with ADMIN those of all"
        " users. They are kept as they change, so that asking costs the same however"
        " many there are. While very much is still to be counted, as after an upgrade"
        " of a large database, it answers UNAVAILABLE: ask again. A token of one job"
        " is answered FORBIDDEN."
    ),
    extensions=[RequiresScope(Scope.JOBS_READ)],
    directives=[OWN_STATEMENT],
)
