"""How PostgreSQL carries statements out: what they read, by which indexes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from jobwire.models.database import Connection

#: Whatever the statistics of tables say: a fresh one, one that was analyzed when it was
#: empty, one that was analyzed as it is.
STATISTICS = ("none", "of an empty table", "fresh")
MODES = ("force_custom_plan", "force_generic_plan")

_EXPLAIN = """
LOAD 'auto_explain';
SET auto_explain.log_min_duration = 0;
SET auto_explain.log_analyze = on;
SET auto_explain.log_timing = off;
SET auto_explain.log_format = 'json';
SET client_min_messages = 'log'"""
_FORGET = """
SET allow_system_table_mods = on;
DELETE FROM pg_statistic WHERE starelid IN (
  SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace);
UPDATE pg_class SET reltuples = {}, relpages = 0, relallvisible = 0
 WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i');
RESET allow_system_table_mods"""


@dataclass(frozen=True)
class Scan:
    """One scan of a table.

    Attributes:
        table: The table.
        index: The index that it uses; None: it reads the whole table.
        rows: How many rows it read, those included that it threw away.
    """

    table: str
    index: str | None
    rows: int


async def give_statistics(connection: Connection, what: str) -> None:
    """Make the planner know of all tables what one of `STATISTICS` says."""
    if what == "fresh":
        await connection.execute("ANALYZE")
    else:
        await connection.execute(_FORGET.format(-1 if what == "none" else 0))


async def explain_all(connection: Connection) -> None:
    """Have the plan of every statement of this session told; see `scans`."""
    await connection.execute(_EXPLAIN)


@contextmanager
def scans(connection: Connection) -> Iterator[list[Scan]]:
    """Collect the scans of the statements that are carried out in the block."""
    found: list[Scan] = []

    def hear(_: object, message: Any) -> None:
        text = message.message
        if text.startswith("duration:"):
            found.extend(_scans(json.loads(text[text.index("{") :])["Plan"]))

    connection.add_log_listener(hear)
    try:
        yield found
    finally:
        connection.remove_log_listener(hear)


def _scans(node: dict[str, Any]) -> Iterator[Scan]:
    # The catalogue is read by asyncpg, for each type that it meets first.
    name = node.get("Relation Name", "pg_")
    if not name.startswith("pg_") and node["Node Type"].endswith("Scan"):
        rows = node["Actual Rows"] + sum(
            node.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck")
        )
        yield Scan(
            name,
            node.get("Index Name"),
            round(rows * node["Actual Loops"]),
        )
    for child in node.get("Plans", ()):
        yield from _scans(child)
