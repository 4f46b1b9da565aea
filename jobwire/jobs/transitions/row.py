"""The row form: lock jobs, let a use case decide, write one version of each."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.dialects import postgresql

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.given import arrays, given_rows
from jobwire.jobs.job import JOB_COLUMNS, JSON_COLUMNS, Job
from jobwire.jobs.transitions.events import append_events, changed, qualified
from jobwire.jobs.viewer import Viewer
from jobwire.jobs.wall import Wall, wall_of_jobs
from jobwire.models import WorkerJob
from jobwire.models.vocabulary import EventKind, SignalSource

_LOCK = f"""
SELECT {JOB_COLUMNS} FROM worker_jobs
 WHERE id = $1 AND {wall_of_jobs("$2", "$3")} AND deleted_at IS NULL
   FOR UPDATE"""
# What is heard of a run has nothing to do with the job's data, nor with its result
# before the end, however long these are and however often something is heard.
_LOCK_BY_RUN = f"""
SELECT {Job.columns(lean=True)} FROM worker_jobs
 WHERE trigger_run_id = $1 AND deleted_at IS NULL
   FOR UPDATE"""
_READ_BY_RUNS = f"""
SELECT {Job.columns("j", lean=True)} FROM {given_rows({"run": "text"})}
  JOIN worker_jobs j ON j.trigger_run_id = g.run AND j.deleted_at IS NULL"""
# The executor is told by what it is not, which no partial index answers: while a table
# is small, a plan that reads the whole of one looks cheap, and is kept.
_LOCK_ABOUT = f"""
SELECT {Job.columns("j", lean=True)}
  FROM (SELECT j.id FROM {given_rows({"run": "text"})}
          JOIN worker_jobs j ON j.trigger_run_id = g.run
         UNION
        SELECT g.id FROM {given_rows({"id": "uuid"}, after=1)}) AS named
  JOIN worker_jobs j ON j.id = named.id AND j.executor <> 'internal'
 ORDER BY j.id FOR UPDATE OF j"""

#: Columns that are sent as text: arrays of arrays would lose their bounds.
_SENT_AS_TEXT = JSON_COLUMNS | {"attention"}
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # of SQLAlchemy
#: The type of each column in SQL, which is that of its values: without a collation.
_TYPES = {
    column.name: column.type.compile(dialect=_DIALECT).partition(" COLLATE ")[0]
    for column in WorkerJob.metadata.tables[WorkerJob.__tablename__].columns
}


@dataclass(frozen=True, slots=True)
class Version:
    """The next version of a job, with its event.

    Attributes:
        job: The job as it was locked.
        values: The visible columns to set, those of JSON as text; each one is named in
            the event's changes.
        kind: What happened.
        occurred_at: When it happened, by the clock of its source; None: just now.
        detail: What else is known of it, as JSON; None: nothing.
        beside: Further columns to set, which the event does not name.
    """

    job: Job
    values: Mapping[str, Any]
    kind: EventKind
    occurred_at: datetime | None = None
    detail: Mapping[str, Any] | None = None
    beside: Mapping[str, Any] = field(default_factory=dict)


class Along(NamedTuple):
    """A statement that goes along with another one; it returns nothing.

    Attributes:
        sql: Writes it, given how many parameters stand before its own.
        values: The values of its parameters.
    """

    sql: Callable[[int], str]
    values: Sequence[Any]


async def lock(
    connection: SqlConnection, job_id: UUID, *, viewer: Viewer | None
) -> Job | None:
    """Lock and read one job until the end of the caller's transaction.

    Args:
        connection: A connection inside a transaction.
        job_id: The job.
        viewer: Who asks; None: nobody, it is our own work.

    Returns:
        The job; None when there is none behind the viewer's wall.
    """
    wall = Wall() if viewer is None else viewer.wall
    records = await connection.fetch(_LOCK, job_id, *wall)
    return Job.from_record(records[0]) if records else None


async def lock_by_run(connection: SqlConnection, run_id: str) -> Job | None:
    """Lock and read the job that a Trigger.dev run belongs to; None: there is none.

    Long JSON is left out.
    """
    records = await connection.fetch(_LOCK_BY_RUN, run_id)
    return Job.from_record(records[0]) if records else None


async def read_by_runs(connection: SqlConnection, runs: Sequence[str]) -> list[Job]:
    """Read the jobs that some Trigger.dev runs belong to, without a lock.

    Long JSON is left out.
    """
    records = await connection.fetch(_READ_BY_RUNS, list(runs))
    return [Job.from_record(record) for record in records]


async def lock_about(
    connection: SqlConnection, runs: Sequence[str], named: Sequence[UUID]
) -> list[Job]:
    """Lock and read the jobs on Trigger.dev that some runs belong to, and some others.

    They are locked in the order of their ids, as by all who lock several and wait.

    Args:
        connection: A connection inside a transaction.
        runs: Runs; at least one.
        named: Jobs by their ids.

    Returns:
        Those that there are, deleted ones too; long JSON is left out.
    """
    records = await connection.fetch(_LOCK_ABOUT, list(runs), list(named))
    return [Job.from_record(record) for record in records]


async def write(
    connection: SqlConnection,
    job: Job,
    values: Mapping[str, Any],
    *,
    kind: EventKind,
    source: SignalSource,
    actor: str | None,
    now: datetime,
    occurred_at: datetime | None = None,
    detail: Mapping[str, Any] | None = None,
) -> Job:
    """Write the next version of a job that the caller has locked, with its event.

    Args:
        connection: The connection that holds the lock.
        job: The job as it was locked.
        values: As of a `Version`.
        kind: What happened.
        source: Which path brought it.
        actor: Who did it.
        now: When.
        occurred_at: As of a `Version`.
        detail: As of a `Version`.
    """
    version = Version(job, values, kind, occurred_at, detail)
    [after] = await write_each(
        connection, [version], source=source, actor=actor, now=now
    )
    return after


async def write_each(
    connection: SqlConnection,
    versions: Sequence[Version],
    *,
    source: SignalSource,
    actor: str | None,
    now: datetime,
    along: Along | None = None,
) -> list[Job]:
    """Write the next versions of jobs that the caller has locked, with their events.

    One statement for all that set the same columns.

    Args:
        connection: The connection that holds the locks.
        versions: At most one of each job.
        source: Which path brought them.
        actor: Who did it.
        now: When.
        along: What goes along with the first statement.

    Returns:
        The jobs as they are then, in the same order.
    """
    alike: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Version]] = {}
    for version in versions:
        key = (tuple(version.values), tuple(version.beside))
        alike.setdefault(key, []).append(version)
    after: dict[UUID, Mapping[str, Any]] = {}
    for (columns, beside), some in alike.items():
        records = await connection.fetch(
            _write(columns, beside, None if along is None else along.sql),
            source.value,
            actor,
            now,
            *arrays(_sent(version, now) for version in some),
            *(() if along is None else along.values),
        )
        after |= {record["id"]: record for record in records}
        along = None
    return [version.job.updated(after[version.job.id]) for version in versions]


@cache
def _write(
    columns: tuple[str, ...],
    beside: tuple[str, ...],
    along: Callable[[int], str] | None,
) -> str:
    """Write the statement that sets some columns, and others beside."""
    given = {
        "id": "uuid",
        "from_status": "text",
        "kind": "text",
        "occurred_at": "timestamptz",
        "detail": "text",
        **{
            f"new_{column}": "text" if column in _SENT_AS_TEXT else _TYPES[column]
            for column in (*columns, *beside)
        },
    }
    sets = ", ".join(
        f"{column} = g.new_{column}::{_TYPES[column]}" for column in (*columns, *beside)
    )
    returned = dict.fromkeys(("id", "version", "updated_at", *columns, *beside))
    # The row has many columns more, which would be copied twice.
    kept = returned | dict.fromkeys(("user_id", "status", "attempts"))
    return f"""
WITH u AS (
  UPDATE worker_jobs j SET version = version + 1, updated_at = $3, {sets}
    FROM {given_rows(given, after=3)}
   WHERE j.id = g.id
  RETURNING {qualified("j", list(kept))}, g.from_status, g.kind, g.occurred_at,
            g.detail),
e AS ({
        append_events(
            "u",
            kind="kind",
            from_status="from_status",
            changes=changed(columns),
            source="$1::text",
            actor="$2::text",
            now="updated_at",
            occurred_at="occurred_at",
            detail="detail::jsonb",
        )
    }){"" if along is None else f", along AS ({along(3 + len(given))})"}
SELECT {", ".join(Job.column(name) for name in returned)} FROM u"""


def _sent(version: Version, now: datetime) -> list[Any]:
    return [
        version.job.id,
        version.job.status,
        version.kind.value,
        version.occurred_at or now,
        None if version.detail is None else json.dumps(version.detail),
        *(
            f"{{{','.join(value)}}}" if isinstance(value, list) else value
            for value in (*version.values.values(), *version.beside.values())
        ),
    ]
