"""Each version says which locks it takes and for how long, and takes no others."""

import pytest
from alembic import command
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, text

from jobwire.migrations import _run, configuration
from jobwire.models.database_url import DatabaseUrl
from tests.migrations.conftest import move_to

REVISIONS = tuple(
    reversed(list(ScriptDirectory.from_config(configuration()).walk_revisions()))
)
#: From weak to strong, of those that somebody's work waits for.
MODES = (
    "ROW EXCLUSIVE",
    "SHARE UPDATE EXCLUSIVE",
    "SHARE",
    "SHARE ROW EXCLUSIVE",
    "EXCLUSIVE",
    "ACCESS EXCLUSIVE",
)
#: What nobody's work waits for.
WEAK = MODES[:2]
#: What every job writes to.
BUSY = {"worker_jobs", "job_events", "job_attempts"}
#: To drop a foreign key locks both of its tables.
OF_TWO = {"0019", "0020"}
#: The last version that was made before versions had transactions of their own.
UNBOUND = "0016"
TABLES = """
SELECT relname, relfilenode FROM pg_class
 WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
   AND relname NOT LIKE '%alembic%'"""
LOCKS = """
SELECT c.relname, upper(regexp_replace(replace(l.mode, 'Lock', ''),
                                       '(?<=[a-z])(?=[A-Z])', ' ', 'g'))
  FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
 WHERE l.pid = pg_backend_pid() AND l.granted AND c.relkind = 'r'"""
SCANS = "SELECT relname FROM pg_stat_xact_user_tables WHERE seq_scan > 0"


def _applied(connection: Connection, revision: Script) -> dict[str, str]:
    """Apply a version; return what it took from tables that were there before."""
    before = _tables(connection)
    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, revision.revision)
    after, scanned = _tables(connection), set(connection.scalars(text(SCANS)))
    locks: dict[str, str] = {}
    for table, mode in connection.execute(text(LOCKS)):
        if table in before and mode in MODES:
            locks[table] = max(mode, locks.get(table, mode), key=MODES.index)
    return {
        table: f"{mode} for {_span(mode, before, after, scanned, table)}"
        for table, mode in locks.items()
    }


def _tables(connection: Connection) -> dict[str, int]:
    """Return the file of each table of ours."""
    return dict(connection.execute(text(TABLES)).all())


def _span(
    mode: str,
    before: dict[str, int],
    after: dict[str, int],
    scanned: set[str],
    table: str,
) -> str:
    if mode == MODES[0]:
        return "its rows"
    if after.get(table, before[table]) != before[table]:
        return "a rewrite"
    return "a scan" if table in scanned else "a moment"


@pytest.mark.parametrize("revision", REVISIONS, ids=lambda one: one.revision)
async def test_a_version_takes_the_locks_that_it_names(
    empty_url: DatabaseUrl, revision: Script
) -> None:
    if revision.down_revision is not None:
        await move_to(empty_url, str(revision.down_revision), up=True)

    taken = await _run(empty_url, "public", lambda one: _applied(one, revision))

    assert taken == revision.module.locks


def test_versions_are_numbers_of_four_digits_in_their_order() -> None:
    names = [one.revision for one in REVISIONS]

    assert names == [f"{number:04}" for number in range(1, len(names) + 1)]


def test_every_version_says_what_happens_to_those_who_work_meanwhile() -> None:
    for one in REVISIONS:
        assert len((one.module.__doc__ or "").split("\n\n")) > 1, one.revision


def test_a_version_locks_one_busy_table_at_most() -> None:
    # Reads and writes lock these in different orders, so that whoever holds one of them
    # and waits for another one often waits in a circle.
    locked = {
        one.revision: [
            table
            for table, lock in one.module.locks.items()
            if table in BUSY and not lock.startswith(WEAK)
        ]
        for one in REVISIONS
        if one.revision > UNBOUND and one.revision not in OF_TWO
    }

    assert not {one: tables for one, tables in locked.items() if len(tables) > 1}


def test_no_version_writes_a_busy_table_anew() -> None:
    for one in REVISIONS:
        rewritten = {name for name, lock in one.module.locks.items() if "rewr" in lock}
        assert not rewritten & BUSY, one.revision
