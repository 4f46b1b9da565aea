"""Reconcile: compare all open TRIGGER jobs with Trigger.dev, and heal what drifted.

Needs no hook and no webhook: alone it is enough for every job to reach its end. It
judges only jobs of the environment that it can ask, adopts before it settles, and
settles as lost only what Trigger.dev says it does not know, and never many at once.
"""

import json
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from jobwire.jobs import identifiers
from jobwire.jobs.borrowing import Connections, transaction
from jobwire.jobs.clock import Clock
from jobwire.jobs.executors.trigger import SKEW, TriggerExecutor
from jobwire.jobs.hook_event import job_id_of
from jobwire.jobs.inbox import find_subject
from jobwire.jobs.open_runs import OpenRun, known_runs, read_open
from jobwire.jobs.sync import Syncer
from jobwire.jobs.transitions.link import link, lose
from jobwire.models.database import Connection
from jobwire.models.vocabulary import SignalSource
from jobwire.triggerdev import RunSummary, TriggerDevError

log = logging.getLogger(__name__)

#: Runs that are younger may not be known yet everywhere at Trigger.dev.
LOST_AFTER = timedelta(minutes=5)
#: A pass settles at most this many jobs as lost, or this share of those it checked.
MOST_LOSSES = 5
MOST_LOSSES_SHARE = 0.1
#: Runs that are younger may be on their way to the job that made them.
ORPHANED_AFTER = timedelta(seconds=30)
#: How far back a first pass looks for runs that no job has.
FIRST_LOOK = timedelta(hours=24)
#: How many runs without a job one report names.
MOST_ORPHANED_RUNS = 100

_LAST = """
SELECT max(started_at) FROM reconciliations
 WHERE trigger_environment = $1 AND finished_at IS NOT NULL AND error IS NULL"""
_STORE = """
INSERT INTO reconciliations (id, trigger_environment, started_at, finished_at, checked,
  corrected, orphaned_jobs, lost_jobs, orphaned_runs, api_requests, withheld, error)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::jsonb, $10, $11, $12)"""
_WITHHELD = """
SELECT withheld FROM reconciliations
 WHERE trigger_environment = $1 AND finished_at IS NOT NULL AND error IS NULL
 ORDER BY started_at DESC LIMIT 1"""
_PRUNE = """
DELETE FROM reconciliations WHERE started_at < $1::timestamptz - interval '30 days'"""


@dataclass(frozen=True, slots=True)
class OrphanedRun:
    """A run with our tag that no job has.

    Attributes:
        run_id: The run.
        task: The id of its task.
        word: Its status, in Trigger.dev's word.
        created_at: When it was made.
    """

    run_id: str
    task: str
    word: str
    created_at: datetime


@dataclass(slots=True)
class ReconcileReport:
    """One pass and its findings.

    Attributes:
        environment: The environment that was judged.
        started_at: When it began.
        finished_at: When it ended; None: it has not.
        checked: Jobs that were compared.
        corrected: Jobs that had drifted and were put right.
        orphaned_jobs: Jobs that were adopted or settled as orphans.
        lost_jobs: Those of them whose run is gone.
        orphaned_runs: Runs with our tag that no job has.
        api_requests: Requests that it cost.
        withheld: Why losses were not settled; None: nothing was withheld.
        error: Why it stopped early; None: it did not.
    """

    environment: str
    started_at: datetime
    finished_at: datetime | None = None
    checked: int = 0
    corrected: int = 0
    orphaned_jobs: list[UUID] = field(default_factory=list)
    lost_jobs: list[UUID] = field(default_factory=list)
    orphaned_runs: list[OrphanedRun] = field(default_factory=list)
    api_requests: int = 0
    withheld: str | None = None
    error: str | None = None


class Reconciler:
    """Makes passes; stateless between them.

    Args:
        connections: Lends connections, never while a request is under way.
        executor: The environment to compare with.
        clock: What time it is.
    """

    def __init__(
        self, connections: Connections, executor: TriggerExecutor, clock: Clock
    ) -> None:
        self._connections = connections
        self._executor = executor
        self._clock = clock
        self._syncer = Syncer(connections, executor, clock)

    async def reconcile(self, *, accept_losses: bool = False) -> ReconcileReport:
        """Make one pass, store its report and log it.

        Args:
            accept_losses: Whether any number of jobs may be settled as lost.

        Raises:
            TriggerDevError: Not even the environment's name can be asked; nothing was
                compared and no report is stored.
        """
        before = self._executor.requests
        environment = await self._executor.environment()
        report = ReconcileReport(environment, self._clock.now())
        try:
            await self._adopt_runs(report)
            await self._compare(report, accept_losses=accept_losses)
        except TriggerDevError as error:
            report.error = error.message
        report.finished_at = self._clock.now()
        report.api_requests = self._executor.requests - before
        await self._store(report)
        _log(report)
        return report

    async def _adopt_runs(self, report: ReconcileReport) -> None:
        """Give runs that our tag names to the jobs that wait for them."""
        async with self._connections() as connection:
            last: datetime | None = await connection.fetchval(_LAST, report.environment)
        start = (last or report.started_at - FIRST_LOOK) - SKEW
        runs = [run async for run in self._executor.runs_since(start)]
        async with self._connections() as connection:
            known = await known_runs(connection, [run.id for run in runs])
        grown = report.started_at - ORPHANED_AFTER
        for run in runs:
            if run.id in known or run.created_at > grown:
                continue
            if await self._adopt(run, report):
                continue
            if len(report.orphaned_runs) < MOST_ORPHANED_RUNS:
                report.orphaned_runs.append(
                    OrphanedRun(run.id, run.task_identifier, run.status, run.created_at)
                )

    async def _adopt(self, run: RunSummary, report: ReconcileReport) -> bool:
        async with transaction(self._connections) as connection:
            subject = await find_subject(connection, run.id, job_id_of(run.tags))
            if subject is None or not self._executor.marks.are_on(
                run, subject.id, subject.task, subject.dispatch_number
            ):
                return False
            linked = await link(
                connection,
                subject.id,
                run.id,
                source=SignalSource.RECONCILER,
                now=self._clock.now(),
                adopted=True,
            )
        if linked.is_ours:
            report.orphaned_jobs.append(subject.id)
        return linked.is_ours

    async def _compare(self, report: ReconcileReport, *, accept_losses: bool) -> None:
        async with self._connections() as connection:
            runs = await read_open(connection, report.environment)
        synced = await self._syncer.ask(runs)
        report.checked = synced.checked
        report.corrected = len(synced.corrected)
        if synced.errors:
            report.error = (
                f"{len(synced.errors)} of {len(runs)} runs did not answer:"
                f" {synced.errors[0].message}"
            )
            # Nor is a "not known" to be believed while others get no answer at all.
            return
        grown = report.started_at - LOST_AFTER
        lost = [run for run in synced.gone if run.dispatched_at <= grown]
        lost.sort(key=lambda run: run.job_id)
        most = max(MOST_LOSSES, int(report.checked * MOST_LOSSES_SHARE))
        if len(lost) > most and not accept_losses:
            report.withheld = (
                f"{len(lost)} of {report.checked} runs are not known at Trigger.dev,"
                f" and a pass settles at most {most} as lost by itself. If they are"
                " gone for good, run `jobwire reconcile --accept-losses`."
            )
            return
        for run in lost:
            await self._lose(run, report)

    async def _lose(self, run: OpenRun, report: ReconcileReport) -> None:
        async with transaction(self._connections) as connection:
            ended = await lose(connection, run.run_id, now=self._clock.now())
        if ended is not None:
            report.orphaned_jobs.append(run.job_id)
            report.lost_jobs.append(run.job_id)

    async def _store(self, report: ReconcileReport) -> None:
        orphaned = [
            {
                "runId": run.run_id,
                "triggerTaskId": run.task,
                "rawStatus": run.word,
                "createdAt": run.created_at.isoformat(),
            }
            for run in report.orphaned_runs
        ]
        async with self._connections() as connection:
            await connection.execute(
                _STORE,
                identifiers.new_id(report.started_at),
                report.environment,
                report.started_at,
                report.finished_at,
                report.checked,
                report.corrected,
                report.orphaned_jobs,
                report.lost_jobs,
                json.dumps(orphaned),
                report.api_requests,
                report.withheld,
                report.error,
            )
            await connection.execute(_PRUNE, report.started_at)


async def read_withheld(connection: Connection, environment: str) -> str | None:
    """Return why the last whole pass settled no losses; None: it withheld nothing."""
    withheld: str | None = await connection.fetchval(_WITHHELD, environment)
    return withheld


def _log(report: ReconcileReport) -> None:
    is_fine = report.withheld is None and report.error is None
    log.log(
        logging.INFO if is_fine else logging.WARNING,
        "trigger-reconcile: %d checked, %d corrected, %d orphaned jobs (%d lost),"
        " %d orphaned runs, %d requests%s",
        report.checked,
        report.corrected,
        len(report.orphaned_jobs),
        len(report.lost_jobs),
        len(report.orphaned_runs),
        report.api_requests,
        "".join(f"; {reason}" for reason in (report.withheld, report.error) if reason),
        extra={"action": "trigger-reconcile", "checked": report.checked},
    )
