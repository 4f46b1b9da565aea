"""Checks of connections: how many there may be, what is between, who holds on."""

from datetime import timedelta

from jobwire.app.doctor.checks import Check
from jobwire.app.doctor.examination import Examination
from jobwire.app.doctor.finding import Finding, ok, warning
from jobwire.jobs.doorbell import is_heard

#: Beside its pool an API process holds a feed and a doorbell.
_BESIDE_POOL = 2
#: How long a ring may take to be heard, in seconds.
_RING_SECONDS = 2.0
#: A transaction this old keeps rows of all others from being cleared away.
_LONG = timedelta(minutes=5)

_ROOM = """
SELECT current_setting('max_connections')::int
         - current_setting('superuser_reserved_connections')::int AS most,
       (SELECT count(*) FROM pg_stat_activity
         WHERE backend_type = 'client backend') AS used,
       (SELECT count(*) FROM pg_stat_activity
         WHERE backend_type = 'client backend'
           AND application_name LIKE 'jobwire%') AS ours"""
# What nobody told of is as old as it can be: a standby or a prepared transaction.
_HOLDERS = """
SELECT 'process ' || pid AS who, concat_ws(', ', application_name, usename, state)
         AS what, now() - xact_start AS age
  FROM pg_stat_activity
 WHERE pid <> pg_backend_pid() AND backend_type <> 'autovacuum worker'
   AND (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL)
   AND now() - xact_start > $1
UNION ALL
SELECT 'prepared transaction ' || gid, concat_ws(', ', owner, database),
       now() - prepared
  FROM pg_prepared_xacts WHERE now() - prepared > $1
UNION ALL
SELECT 'replication slot ' || slot_name, 'inactive', NULL
  FROM pg_replication_slots
 WHERE NOT active AND (xmin IS NOT NULL OR catalog_xmin IS NOT NULL)
 ORDER BY age DESC NULLS FIRST LIMIT 5"""


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
    async with examination.connection() as connection:
        holders = await connection.fetch(_HOLDERS, _LONG)
    if not holders:
        return ok(f"none is older than {_LONG.seconds // 60} min")
    lines = [
        f"{one['who']} ({one['what']})"
        + ("" if one["age"] is None else f", for {one['age'].total_seconds():,.0f} s")
        for one in holders
    ]
    return warning(
        "\n".join(lines),
        "While it lasts, dead rows pile up and all gets slower, and nothing is pruned."
        " End it: pg_terminate_backend(PROCESS), ROLLBACK PREPARED, or"
        " pg_drop_replication_slot.",
    )


CHECKS = (
    Check("connections", _room, needs=("database",)),
    Check("pooler", _pooler, needs=("database",)),
    Check("LISTEN", _rings, needs=("database",)),
    Check("long transactions", _holders, needs=("database",)),
)
