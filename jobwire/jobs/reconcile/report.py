"""Reports: what a pass of reconciliation found, kept for thirty days."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from jobwire.jobs import identifiers
from jobwire.jobs.connections import SqlConnection
from jobwire.models.database import Connection

log = logging.getLogger(__name__)

#: How many runs without a job, and how many disagreements, one report names.
MOST_NAMED = 100

_WHOLE = """trigger_environment = $1 AND finished_at IS NOT NULL AND error IS NULL"""
_LAST_WHOLE = f"SELECT max(started_at) FROM reconciliations WHERE {_WHOLE}"
_WITHHELD = f"""
SELECT withheld FROM reconciliations WHERE {_WHOLE} ORDER BY started_at DESC LIMIT 1"""
_STORE = """
INSERT INTO reconciliations (id, trigger_environment, started_at, finished_at, checked,
  listed, corrected, suspects, orphaned_jobs, lost_jobs, orphaned_runs, disagreements,
  api_requests, withheld, error)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::text::jsonb, $12::text::jsonb,
        $13, $14, $15)"""
_LAST = """
SELECT trigger_environment, started_at, finished_at, checked, listed, corrected,
       suspects, orphaned_jobs, lost_jobs, orphaned_runs::text AS orphaned_runs,
       disagreements::text AS disagreements, api_requests, withheld, error
  FROM reconciliations ORDER BY started_at DESC, id DESC LIMIT 1"""
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


@dataclass(frozen=True, slots=True)
class Disagreement:
    """An ended job whose run, as Trigger.dev says, did not end so.

    Attributes:
        job_id: The job, which stays as it is.
        run_id: Its run.
        status: How the job ended.
        word: What Trigger.dev says of the run.
    """

    job_id: UUID
    run_id: str
    status: str
    word: str


@dataclass(slots=True)
class ReconcileReport:
    """One pass and its findings.

    Attributes:
        environment: The environment that was judged.
        started_at: When it began.
        finished_at: When it ended; None: it has not.
        checked: Jobs that were compared.
        listed: Those of them that lists answered for, a hundred with one request.
        corrected: Jobs that had drifted and were put right.
        suspects: Jobs whose run was not known, and that were not settled.
        orphaned_jobs: Jobs that were adopted or settled as orphans.
        lost_jobs: Those of them whose run is gone.
        orphaned_runs: Runs with our tag that no job has.
        disagreements: Ended jobs whose run ended otherwise; each is named once.
        api_requests: Requests that it cost.
        withheld: Why losses were not settled; None: nothing was withheld.
        error: Why it stopped early; None: it did not.
        looks_again: Whether some of the suspects only wait to be asked a second time.
    """

    environment: str
    started_at: datetime
    finished_at: datetime | None = None
    checked: int = 0
    listed: int = 0
    corrected: int = 0
    suspects: list[UUID] = field(default_factory=list)
    orphaned_jobs: list[UUID] = field(default_factory=list)
    lost_jobs: list[UUID] = field(default_factory=list)
    orphaned_runs: list[OrphanedRun] = field(default_factory=list)
    disagreements: list[Disagreement] = field(default_factory=list)
    api_requests: int = 0
    withheld: str | None = None
    error: str | None = None
    looks_again: bool = False


async def store(connection: SqlConnection, report: ReconcileReport) -> None:
    """Keep a report, and forget those of thirty days ago."""
    await connection.fetch(
        _STORE,
        identifiers.new_id(report.started_at),
        report.environment,
        report.started_at,
        report.finished_at,
        report.checked,
        report.listed,
        report.corrected,
        report.suspects,
        report.orphaned_jobs,
        report.lost_jobs,
        json.dumps([_run_json(run) for run in report.orphaned_runs]),
        json.dumps([_disagreement_json(one) for one in report.disagreements]),
        report.api_requests,
        report.withheld,
        report.error,
    )
    await connection.fetch(_PRUNE, report.started_at)


async def read_last_whole(connection: Connection, environment: str) -> datetime | None:
    """Return when the last pass began that was not cut short; None: there is none."""
    last: datetime | None = await connection.fetchval(_LAST_WHOLE, environment)
    return last


async def read_withheld(connection: Connection, environment: str) -> str | None:
    """Return why the last whole pass settled no losses; None: it withheld nothing."""
    withheld: str | None = await connection.fetchval(_WITHHELD, environment)
    return withheld


async def read_last(connection: Connection) -> ReconcileReport | None:
    """Return the report of the last pass, of any environment; None: there is none."""
    record = await connection.fetchrow(_LAST)
    if record is None:
        return None
    return ReconcileReport(
        record["trigger_environment"],
        record["started_at"],
        record["finished_at"],
        record["checked"],
        record["listed"],
        record["corrected"],
        record["suspects"],
        record["orphaned_jobs"],
        record["lost_jobs"],
        [_read_run(one) for one in json.loads(record["orphaned_runs"])],
        [_read_disagreement(one) for one in json.loads(record["disagreements"])],
        record["api_requests"],
        record["withheld"],
        record["error"],
    )


def tell(report: ReconcileReport) -> None:
    """Log a report in one line."""
    suspects = f"{len(report.suspects)} suspects" if report.suspects else None
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
        "".join(f"; {one}" for one in (suspects, report.withheld, report.error) if one),
        extra={"action": "trigger-reconcile", "checked": report.checked},
    )


def _run_json(run: OrphanedRun) -> dict[str, str]:
    return {
        "runId": run.run_id,
        "triggerTaskId": run.task,
        "rawStatus": run.word,
        "createdAt": run.created_at.isoformat(),
    }


def _read_run(one: Mapping[str, Any]) -> OrphanedRun:
    return OrphanedRun(
        one["runId"],
        one["triggerTaskId"],
        one["rawStatus"],
        datetime.fromisoformat(one["createdAt"]),
    )


def _disagreement_json(one: Disagreement) -> dict[str, str]:
    return {
        "jobId": str(one.job_id),
        "runId": one.run_id,
        "status": one.status,
        "rawStatus": one.word,
    }


def _read_disagreement(one: Mapping[str, Any]) -> Disagreement:
    return Disagreement(
        UUID(one["jobId"]), one["runId"], one["status"], one["rawStatus"]
    )
