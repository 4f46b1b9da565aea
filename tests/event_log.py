"""The log gives the row: what folding the events of jobs has to come to."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from jobwire.jobs.counts import CountsFilter
from jobwire.jobs.counts.read import read_once
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.lifecycle import TERMINAL
from jobwire.models.database import Connection
from jobwire.models.vocabulary import AttemptStatus, EventKind, Executor, JobStatus

#: What only the server sees, and what every event carries in columns of its own.
INVISIBLE = frozenset(
    {
        "data",
        # The id once more.
        "public_id",
        "leased_by",
        "leased_until",
        "fence",
        "idempotency_input",
        "deleted_at",
        # How fresh what we know of a run is; news among the words have events.
        "trigger_observed_at",
        "trigger_status",
        "version",
        "updated_at",
    }
)

# One statement is one snapshot: it may be asked while others write.
_READ = """
SELECT j.id, (to_jsonb(j) - 'data')::text AS columns, e.events, e.told, a.attempts
  FROM worker_jobs j
  CROSS JOIN LATERAL (
    SELECT json_agg(json_build_array(version, from_status, to_status, changes)
                    ORDER BY version)::text AS events,
           json_agg(json_build_array(version, kind, changes, detail)
                    ORDER BY version)::text AS told
      FROM job_events WHERE job_id = j.id) e
  CROSS JOIN LATERAL (
    SELECT json_agg(json_build_array(number, status) ORDER BY number)::text AS attempts
      FROM job_attempts WHERE job_id = j.id) a
 WHERE j.id IN (SELECT job_id FROM job_events WHERE kind = 'CREATED')"""
_UNBORN = """
SELECT count(*) FROM worker_jobs j WHERE NOT EXISTS (
  SELECT FROM job_events e WHERE e.job_id = j.id AND e.kind = 'CREATED')"""

_COUNTED = """
SELECT executor, status, count(*) FROM worker_jobs WHERE deleted_at IS NULL
 GROUP BY 1, 2"""


@dataclass(frozen=True)
class Checked:
    """What became of a check.

    Attributes:
        jobs: How many jobs were folded and compared.
        unborn: How many have no CREATED event: a test wrote the row alone.
        wrong: A sentence for each thing that is not as it has to be.
    """

    jobs: int
    unborn: int
    wrong: list[str] = field(default_factory=list)


async def check(connection: Connection) -> Checked:
    """Fold the log of every job that has a CREATED event, and compare with its row."""
    records = await connection.fetch(_READ)
    unborn = await connection.fetchval(_UNBORN)
    wrong = [
        f"{job_id_text(record['id'])} ({record['id']}): {what}"
        for record in records
        for what in _find_wrong(record)
    ]
    if not unborn and await connection.fetchval("SELECT EXISTS (TABLE job_counts)"):
        wrong += await _wrong_counts(connection)
    return Checked(len(records), unborn, wrong)


async def _wrong_counts(connection: Connection) -> list[str]:
    """Hold the counts, where they have been kept, to the rows of the same snapshot."""
    async with connection.transaction(isolation="repeatable_read"):
        counts = await read_once(connection, CountsFilter())
        rows = await connection.fetch(_COUNTED)
    if counts is None:
        return []
    counted = {(place, status): count for place, status, count in rows}
    found = {
        (str(place), str(status)): n for (place, status), n in counts.counts.items()
    }
    return [] if found == counted else [f"the counts are {found}, the rows {counted}"]


def _find_wrong(record: Mapping[str, str]) -> Iterator[str]:
    row = json.loads(record["columns"])
    if row["deleted_at"] is not None:
        return find_wrong_of_erased(row, json.loads(record["told"]))
    attempts = json.loads(record["attempts"] or "[]")
    return find_wrong(row, json.loads(record["events"]), attempts)


def find_wrong_of_erased(row: dict[str, Any], told: list[list[Any]]) -> Iterator[str]:
    """Say what is not as it has to be of a deleted job, whose events tell nothing.

    Args:
        row: The columns of the job.
        told: [version, kind, changes, detail], in order.
    """
    versions = [version for version, *_ in told]
    if versions != list(range(1, row["version"] + 1)):
        yield f"its row has version {row['version']}, its events have {versions}"
    deletions = [version for version, kind, *_ in told if kind == EventKind.DELETED]
    if deletions != [row["version"]]:
        yield f"its row has version {row['version']}, and DELETED are {deletions}"
    for version, kind, changes, detail in told:
        # Of the deletion itself stays by which API key it came.
        keyed = kind == EventKind.DELETED and (detail or {}).keys() == {"apiKey"}
        if changes or not (detail is None or keyed):
            yield f"it is deleted, and event {version} holds {changes} and {detail}"


def find_wrong(
    row: dict[str, Any], events: list[list[Any]], attempts: list[list[Any]]
) -> Iterator[str]:
    """Say what does not fit together.

    Args:
        row: The columns of the job.
        events: [version, from_status, to_status, changes], in order.
        attempts: [number, status], in order.
    """
    versions = [version for version, *_ in events]
    if versions != list(range(1, row["version"] + 1)):
        yield f"its row has version {row['version']}, its events have {versions}"
    folded: dict[str, Any] = {}
    for version, before, after, changes in events:
        if before != folded.get("status"):
            yield f"event {version} comes from {before}, not {folded.get('status')}"
        if before in TERMINAL and after != before:
            yield f"event {version} moves a sealed job from {before} to {after}"
        folded |= changes
        if after != folded.get("status"):
            yield f"event {version} goes to {after}, changes say {folded.get('status')}"
    for name in sorted(set(row) - INVISIBLE):
        if row[name] != folded.get(name):
            yield f"{name} is {row[name]!r}, the log says {folded.get(name)!r}"
    if strange := sorted(set(folded) - set(row) - INVISIBLE):
        yield f"the log tells of {strange}, which no row has"
    yield from _wrong_attempts(row, attempts)


def _wrong_attempts(row: dict[str, Any], attempts: list[list[Any]]) -> Iterator[str]:
    numbers = [number for number, _ in attempts]
    running = [number for number, status in attempts if status == AttemptStatus.RUNNING]
    count = row["attempts"]
    if row["executor"] == Executor.INTERNAL:
        if numbers != list(range(1, count + 1)):
            yield f"it counts {count} attempts, and has {numbers}"
        if running != ([count] if row["status"] == JobStatus.RUNNING else []):
            yield f"it is {row['status']}, and attempts {running} are running"
        return
    # Of attempts of a run that nobody told of there is no row.
    if numbers and numbers[-1] != count:
        yield f"it counts {count} attempts, and has {numbers}"
    if row["status"] in TERMINAL and running:
        yield f"it has ended, and attempts {running} are running"
    if len(running) > 1:
        yield f"attempts {running} are running at once"
