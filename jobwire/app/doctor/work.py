"""Checks of the work: who does it, what waits, and whether all is counted."""

from datetime import datetime, timedelta

from jobwire.app.doctor.checks import Check
from jobwire.app.doctor.examination import Examination
from jobwire.app.doctor.finding import Finding, failed, ok, warning
from jobwire.jobs.counts import CountsFilter
from jobwire.jobs.counts.log import IS_HERE
from jobwire.jobs.counts.waiting import read_oldest_queued
from jobwire.jobs.feed.epoch import WITNESSED_EPOCH
from jobwire.jobs.feed.log import planned
from jobwire.jobs.installation import read_installation
from jobwire.jobs.reconcile.reconciler import DUTY as PASS
from jobwire.jobs.workers import Duty, read_duties, read_workers
from jobwire.models.database import Connection

_COUNTS = f"""
SELECT is_complete, {IS_HERE} AS is_here, recounted_at FROM job_counts_state"""


async def _workers(examination: Examination) -> Finding:
    async with examination.connection() as connection:
        workers = await read_workers(connection, now=await _now(connection))
    if not workers.connections:
        return warning(
            "none is connected: jobs are accepted, and not run",
            "Start one: `jobwire worker` (or `jobwire dev`).",
        )
    named = [
        f"{one.name}: {one.running} jobs, duties: {', '.join(one.duties) or 'none'}"
        for one in workers.known
    ]
    return ok("\n".join([f"{workers.connections} connections of workers", *named]))


async def _duties(examination: Examination) -> Finding:
    async with examination.connection() as connection:
        now = await _now(connection)
        duties = await read_duties(connection)
        workers = await read_workers(connection, now=now)
    if not duties:
        return ok("nobody has had one yet")
    # A pass is a duty for as long as it takes, and nobody's between two of them.
    lapsed = [one for one in duties if one.until <= now and one.name != PASS]
    lines = "\n".join(_told(one, now) for one in duties)
    if lapsed and workers.connections:
        return warning(
            lines,
            "Somebody takes a duty over within seconds. If it stays like this, look at"
            " the workers' logs; those of Trigger.dev need a worker with its key.",
        )
    return ok(lines)


def _told(duty: Duty, now: datetime) -> str:
    if duty.until > now:
        return f"{duty.name}: {duty.holder}"
    ago = (now - duty.until).total_seconds()
    return f"{duty.name}: nobody for {ago:,.0f} s, last {duty.holder}"


async def _counts(examination: Examination) -> Finding:
    async with examination.connection() as connection:
        state = await connection.fetchrow(_COUNTS)
    if state is None or not (state["is_complete"] and state["is_here"]):
        return warning(
            "not all jobs have been counted here yet",
            "A worker does so by itself; after a restore it begins anew.",
        )
    return ok(f"kept, and last counted anew at {state['recounted_at'] or 'no time'}")


async def _ready(examination: Examination) -> Finding:
    async with examination.connection() as connection:
        now = await _now(connection)
        async with planned(connection):
            oldest = await read_oldest_queued(connection, CountsFilter())
    if oldest is None:
        return ok("none waits")
    waited = max(now - oldest, timedelta())
    told = f"the oldest has been ready for {waited.total_seconds():,.0f} s"
    if waited > timedelta(seconds=examination.settings.start_overdue_seconds):
        return warning(
            told,
            "Is a worker there that knows its type and serves its queue? `jobwire jobs"
            " list --attention START_OVERDUE` lists them; docs/operations.md says why"
            " jobs do not start.",
        )
    return ok(told)


async def _feed(examination: Examination) -> Finding:
    async with examination.connection() as connection:
        epoch = await connection.fetchval(f"SELECT {WITNESSED_EPOCH}")
    if epoch is None:
        return warning(
            "no epoch holds: PostgreSQL crashed, or this was restored or copied",
            "Nothing: the next API process begins one, and all streams get a"
            " StreamReset.",
        )
    return ok(f"epoch {epoch}")


async def _installation(examination: Examination) -> Finding:
    async with examination.connection() as connection:
        found = await read_installation(connection)
    if found.trouble is not None:
        return failed(
            f"restored elsewhere or copied: it lived in {found.home}, and this is"
            f" {found.here}; nothing is sent to Trigger.dev",
            "Answer by `jobwire installation keep` (it has moved here) or"
            " `jobwire installation new` (this is a copy).",
        )
    return ok(f"{found.id}, where it always was")


async def _now(connection: Connection) -> datetime:
    now: datetime = await connection.fetchval("SELECT clock_timestamp()")
    return now


CHECKS = (
    Check("workers", _workers, needs=("schema", "rights")),
    Check("duties", _duties, needs=("schema", "rights")),
    Check("ready jobs", _ready, needs=("schema", "rights")),
    Check("counts", _counts, needs=("schema", "rights")),
    Check("feed", _feed, needs=("schema", "rights")),
    Check("installation", _installation, needs=("schema", "rights")),
)
