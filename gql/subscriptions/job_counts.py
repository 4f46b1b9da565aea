"""`jobCounts`: how many jobs stand where, as that changes."""

from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
from datetime import timedelta
from typing import Annotated

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.queries.job_counts import CountsOf
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.subscriptions.source import Reading
from jobwire.gql.types.job_counts import JobCounts, to_counts_filter
from jobwire.jobs import counts
from jobwire.jobs.counts.watch import LONGEST_INTERVAL, SHORTEST_INTERVAL
from jobwire.jobs.iso8601 import format_duration
from jobwire.jobs.viewer import Scope

EVERY = timedelta(seconds=1)


def subscribe(
    info: Info,
    filter: CountsOf = None,
    every: Annotated[
        timedelta | None,
        strawberry.argument(
            description=(
                "The shortest time between two messages, from"
                f" {format_duration(SHORTEST_INTERVAL)} to"
                f" {format_duration(LONGEST_INTERVAL)}; null: {format_duration(EVERY)}."
            )
        ),
    ] = EVERY,
) -> AsyncIterable[JobCounts]:
    """Watch the counts of the filter's jobs."""
    chosen = to_counts_filter(filter).within(info.context.viewer)
    watched = info.context.engine.counts.watch(
        chosen, every=EVERY if every is None else every
    )
    return Reading(lambda: _shown(watched))


async def _shown(
    watched: AsyncGenerator[counts.JobCounts, None],
) -> AsyncGenerator[JobCounts, None]:
    async with aclosing(watched):
        async for found in watched:
            yield JobCounts.of(found)


job_counts = strawberry.subscription(
    resolver=subscribe,
    description=(
        "How many jobs stand where, at once and then whenever that has changed, at most"
        " once per interval: the newest counts win. It never completes by itself; after"
        " a reconnect it begins with the counts as they then stand. A token of one job"
        " is answered FORBIDDEN."
    ),
    extensions=[RequiresScope(Scope.JOBS_READ)],
)
