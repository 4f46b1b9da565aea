"""The reconciler: one pass after the other, never two at once."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from uuid import uuid4

from jobwire.jobs.borrowing import Connections, transaction
from jobwire.jobs.clock import Clock
from jobwire.jobs.duties import DutyLostError, Term
from jobwire.jobs.executors.run_lists import SKEW
from jobwire.jobs.executors.trigger import TriggerExecutor
from jobwire.jobs.holding import DutyTakenError, holding
from jobwire.jobs.open_runs import read_open
from jobwire.jobs.orphan_policy import OrphanPolicy
from jobwire.jobs.reconcile.adopt import adopt
from jobwire.jobs.reconcile.compare import compare
from jobwire.jobs.reconcile.glimpses import Glimpses
from jobwire.jobs.reconcile.judge import judge
from jobwire.jobs.reconcile.one_pass import Pass
from jobwire.jobs.reconcile.rehearsal import rehearsed
from jobwire.jobs.reconcile.report import (
    ReconcileReport,
    read_last_whole,
    store,
    tell,
)
from jobwire.jobs.reconcile.scheduled import adopt_scheduled
from jobwire.jobs.reconcile.sealed import confirm_ends, read_sealed
from jobwire.jobs.registry import Registry
from jobwire.jobs.sync_paths import SyncPath
from jobwire.triggerdev import TriggerDevError

#: The duty of whoever makes a pass, a loop or a person, for as long as it takes.
DUTY = "reconcile-pass"
#: How far back a first pass looks for runs that no job has.
FIRST_LOOK = timedelta(hours=24)
#: How long whoever makes a pass is believed without a sign of life.
_SPAN = timedelta(seconds=15)
#: Seconds between two looks whether another pass has ended.
_PAUSE = 0.5


class PassUnderWayError(Exception):
    """Somebody else makes a pass.

    Attributes:
        holder: Who; None: it has just ended.
    """

    def __init__(self, holder: str | None) -> None:
        self.holder = holder
        super().__init__(
            f"A pass of reconciliation is under way, by {holder or 'another process'}."
            " Its report is the last one of `reconciliations` when it has ended."
        )


def _fails(_: str) -> OrphanPolicy:
    return OrphanPolicy.FAIL


class Reconciler:
    """Makes passes; stateless between them.

    Args:
        connections: Lends connections, never while a request is under way.
        executor: The environment to compare with.
        clock: What time it is.
        holder: Who makes them, in the duty of each pass.
        paths: Those that are on beside reconciliation, and can have missed something.
        policy_of: What becomes of a lost job, by the name of its type.
        registry: What is known of the types of job; None: nothing.
        sleep: Waits for so many seconds.
    """

    def __init__(
        self,
        connections: Connections,
        executor: TriggerExecutor,
        clock: Clock,
        *,
        holder: str = "reconciler",
        paths: Collection[SyncPath] = frozenset(SyncPath),
        policy_of: Callable[[str], OrphanPolicy] = _fails,
        registry: Registry | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._connections = connections
        self._executor = executor
        self._clock = clock
        self._holder = holder
        self._paths = paths
        self._policy_of = policy_of
        self._registry = registry or Registry([])
        self._sleep = sleep

    async def reconcile(
        self,
        *,
        accept_losses: bool = False,
        dry_run: bool = False,
        patience: timedelta = timedelta(),
    ) -> ReconcileReport:
        """Make one pass, store its report and log it.

        Args:
            accept_losses: Whether any number of jobs may be settled as lost.
            dry_run: Whether only to tell what it would do: nothing is written, no run
                is told to stop, and no report is kept.
            patience: How long to wait for somebody else's pass to end.

        Raises:
            TriggerDevError: Not even the environment's name can be asked; nothing was
                compared and no report is stored.
            PassUnderWayError: Somebody else makes a pass.
        """
        environment = await self._executor.environment()
        # Each pass is a term of its own: a late one cannot pass for the next.
        holder = f"{self._holder}/{uuid4().hex[:8]}"
        until = self._clock.now() + patience
        while True:
            try:
                async with holding(
                    self._connections,
                    DUTY,
                    holder=holder,
                    span=_SPAN,
                    clock=self._clock,
                ) as term:
                    return await self._make(
                        environment, term, accept_losses=accept_losses, dry_run=dry_run
                    )
            except DutyTakenError as error:
                if self._clock.now() >= until:
                    raise PassUnderWayError(error.holder) from None
            await self._sleep(_PAUSE)

    async def _make(
        self, environment: str, term: Term, *, accept_losses: bool, dry_run: bool
    ) -> ReconcileReport:
        before = self._executor.requests
        report = ReconcileReport(environment, self._clock.now())
        one = Pass(
            rehearsed(self._connections) if dry_run else self._connections,
            self._executor,
            self._clock,
            self._sleep,
            term,
            self._paths,
            self._policy_of,
            self._registry,
            report,
            is_rehearsal=dry_run,
        )
        try:
            await self._steps(one, accept_losses=accept_losses)
        except TriggerDevError as error:
            report.error = error.message
        except DutyLostError as error:
            report.error = str(error)
        report.finished_at = self._clock.now()
        report.api_requests = self._executor.requests - before
        if not dry_run:
            await self._keep(report, term)
        return report

    async def _keep(self, report: ReconcileReport, term: Term) -> None:
        try:
            async with transaction(self._connections) as connection:
                await term.check(connection)
                await store(connection, report)
        except DutyLostError as error:
            report.error = str(error)
        tell(report)

    async def _steps(self, one: Pass, *, accept_losses: bool) -> None:
        """Adopt first: what has its run again is not lost."""
        environment, began = one.report.environment, one.began
        async with one.connections() as connection:
            last = await read_last_whole(connection, environment)
        glimpses = Glimpses()
        since = (last or began - FIRST_LOOK) - SKEW
        await glimpses.look_since(one, since)
        await adopt(one, glimpses)
        await adopt_scheduled(one, since)
        async with one.connections() as connection:
            runs = await read_open(connection, environment)
            sealed = await read_sealed(connection, environment, now=began)
        await glimpses.look_for(
            one,
            [run.run_id for run in runs],
            since=min((run.created_at for run in runs), default=began),
        )
        gone = await compare(one, runs, glimpses)
        await confirm_ends(one, sealed)
        await judge(one, gone, accept_losses=accept_losses)
