"""How reconciliation fares."""

from datetime import timedelta
from typing import Self

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.cost import FORWARD_PAGES, OWN_STATEMENT, Cost, ListSize
from jobwire.gql.pagination import After, DefaultSize, First, drift_cursors
from jobwire.gql.resolved import resolved
from jobwire.gql.types.job_event import JobEventConnection, SignalSource
from jobwire.gql.types.reconcile_report import ReconcileReport
from jobwire.jobs import lags
from jobwire.jobs.drifts import read_drifts
from jobwire.jobs.reconcile import read_last

DRIFTS_PAGE = DefaultSize(20)


@strawberry.type(
    description=(
        "How long the ends of runs took to be recorded that one path has told, from"
        " when they happened by Trigger.dev's clock."
    )
)
class PathLag:
    """`jobwire.jobs.lags.PathLag`."""

    source: SignalSource = strawberry.field(
        description="The path; RECONCILER: Trigger.dev was asked."
    )
    p50: timedelta = strawberry.field(description="Half of them took at most so long.")
    p99: timedelta = strawberry.field(
        description="99 of a hundred of them took at most so long."
    )

    @classmethod
    def of(cls, lag: lags.PathLag) -> Self:
        """Show a lag."""
        return cls(source=SignalSource(lag.source.value), p50=lag.p50, p99=lag.p99)


@strawberry.type(
    description="How the comparison of TRIGGER jobs with Trigger.dev fares."
)
class Reconciliation:
    """Everything is read when it is asked for."""

    @resolved("The report of the last pass, of the last 30 days; null: there is none.")
    async def last(self, info: Info) -> ReconcileReport | None:
        """Read the report."""
        async with info.context.database.connection() as connection:
            report = await read_last(connection)
        return None if report is None else ReconcileReport.of(report)

    @resolved(
        "For how long nothing was heard of the open run that was silent for longest, on"
        " any path; null when no run is open. Of very many open jobs the 10,000 that"
        " were accepted first are asked."
    )
    async def oldest_unconfirmed(self, info: Info) -> timedelta | None:
        """Read it."""
        engine = info.context.engine
        async with info.context.database.connection() as connection:
            return await lags.read_oldest_unconfirmed(
                connection, now=engine.clock.now()
            )

    @resolved(
        "How quick each path was in the last day, by the jobs that it has ended, among"
        " the last 20,000 events; paths that ended none are left out.",
        directives=[ListSize(assumed_size=7), Cost(weight=20)],
    )
    async def lags(self, info: Info) -> list[PathLag]:
        """Read them."""
        engine = info.context.engine
        async with info.context.database.connection() as connection:
            found = await lags.read_lags(connection, now=engine.clock.now())
        return [PathLag.of(one) for one in found]

    @resolved(
        "The events DRIFT_CORRECTED of all jobs, the newest first: what reconciliation"
        " had to put right.",
        directives=[FORWARD_PAGES, OWN_STATEMENT],
    )
    async def drifts(
        self, info: Info, first: First = DRIFTS_PAGE, after: After = None
    ) -> JobEventConnection:
        """Read a page of them."""
        cursors = drift_cursors()
        window = cursors.window(
            first=first, after=after, last=None, before=None, default=DRIFTS_PAGE
        )
        async with info.context.database.connection() as connection:
            page = await read_drifts(connection, first=window.size, after=window.after)
        events = page.map(lambda drift: drift.event)
        return JobEventConnection.of(
            events, None, [cursors.encode(drift.key) for drift in page.items]
        )
