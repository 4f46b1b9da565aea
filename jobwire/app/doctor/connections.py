"""Checks of connections: how many there may be, what is between, who holds on."""

from datetime import timedelta

from jobwire.app.doctor.checks import Check
from jobwire.app.doctor.examination import Examination
from jobwire.app.doctor.finding import Finding, ok, warning
from jobwire.jobs.doorbell import is_heard
from jobwire.jobs.horizon import read_holders

#: Beside its pool an API process holds a feed and a doorbell.
_BESIDE_POOL = 2
#: How long a ring may take to be heard, in seconds.
_RING_SECONDS = 2.0
#: From when on a transaction is long where JOBWIRE_LONG_TRANSACTION_SECONDS is 0.
_LONG = timedelta(minutes=5)
#: How many of those that hold on are shown.
_SHOWN = 5

_ROOM = """
SELECT current_setting('max_connections')::int
         - current_setting('superuser_reserved_connections')::int AS most,
       (SELECT count(*) FROM pg_stat_activity
         WHERE backend_type = 'client backend') AS used,
       (SELECT count(*) FROM pg_stat_activity
         WHERE backend_type = 'client backend'
           AND application_name LIKE 'jobwire%') AS ours"""


async def _room(examination: Examination) -> Finding:
    async with examination.connection() as connection:
        room = await connection.fetchrow(_ROOM)
    wanted = examination.settings.pool_size + _BESIDE_POOL
    free = room["most"] - room["used"]
    told = (
        f"{room['used']} of {room['most']} are used, {room['ours']} of them by"
        f" Jobwire; one more API process may take {wanted}"
    )
    if free < wanted:
        return warning(
            told,
            "Raise max_connections, lower JOBWIRE_POOL_SIZE, or put PgBouncer before"
            " it.",
        )
    return ok(told)


async def _pooler(examination: Examination) -> Finding:
    async with examination.connection() as connection:
        told = connection.get_server_pid()
        found = await connection.fetchval("SELECT pg_backend_pid()")
    is_behind = told != found
    if is_behind and not examination.url.is_pooled:
        return warning(
            "a pooler stands between, and DATABASE_URL does not say so",
            "In transaction mode it breaks prepared statements: add ?pgbouncer=true.",
        )
    if examination.url.is_pooled and not is_behind:
        return warning(
            "DATABASE_URL says pgbouncer=true, but this is PostgreSQL itself",
            "Take it out: prepared statements and LISTEN are given up for nothing.",
        )
    return ok("a pooler in transaction mode" if is_behind else "none, as DATABASE_URL")


async def _rings(examination: Examination) -> Finding:
    if not examination.settings.notify:
        return ok("not used, by JOBWIRE_NOTIFY=false: processes look every second")
    async with examination.connection() as ears, examination.connection() as voice:
        if await is_heard(ears, voice, seconds=_RING_SECONDS):
            return ok("LISTEN hears NOTIFY")
    return warning(
        "a ring by NOTIFY, sent to LISTEN, is not heard: a pooler may be between",
        "News come up to a second late. Let API and workers reach PostgreSQL itself, or"
        " leave it.",
    )


async def _holders(examination: Examination) -> Finding:
    threshold = examination.settings.long_transaction or _LONG
    async with examination.connection() as connection:
        found = await read_holders(connection)
    old = [one for one in found if one.is_old(threshold)][:_SHOWN]
    if not old:
        return ok(f"none is older than {threshold.total_seconds():g} s")
    return warning(
        "\n".join(map(str, old)),
        "While it lasts, dead rows pile up and all gets slower, and nothing is pruned."
        f" If nobody needs it: {'; '.join(one.remedy for one in old)}",
    )


CHECKS = (
    Check("connections", _room, needs=("database",)),
    Check("pooler", _pooler, needs=("database",)),
    Check("LISTEN", _rings, needs=("database",)),
    Check("long transactions", _holders, needs=("database",)),
)
