"""A query of runs as conditions of SQL."""

from typing import Any

from jobwire.emulator.api.list_query import ListQuery
from jobwire.emulator.api.machines import DEFAULT_MACHINE
from jobwire.emulator.state import State

_OF_BULK_ACTION = """
id IN (SELECT coalesce(made, run) FROM bulk_items WHERE bulk_action = ?)
"""


def conditions(
    state: State, query: ListQuery, visible: int
) -> tuple[list[str], list[Any]]:
    """Return the conditions that runs of a query meet, and their values.

    Args:
        state: Whose runs.
        query: Which ones.
        visible: Until when runs are listed, in milliseconds since 1970.
    """
    where = ["created_at <= ?"]
    values: list[Any] = [visible]
    if query.nothing:
        where.append("false")
    exact: list[tuple[str, Any]] = [
        ("created_at >= ?", query.first),
        ("created_at <= ?", query.last),
        ("is_test = ?", query.is_test),
        ("schedule_id = ?", query.schedule),
        ("batch_id = ?", query.batch),
        (_OF_BULK_ACTION, query.bulk_action),
    ]
    for condition, value in exact:
        if value is not None:
            where.append(condition)
            values.append(value)
    among: list[tuple[str, tuple[str, ...] | None]] = [
        ("status", query.statuses),
        ("task", query.tasks),
        ("version", query.versions),
        ("queue", query.queues),
        (f"coalesce(machine, '{DEFAULT_MACHINE}')", query.machines),
        # Runs of a development environment all are in its own region.
        (f"'{state.environment_id}'", query.regions),
    ]
    for column, words in among:
        if words is not None:
            where.append(f"{column} IN ({_marks(words)})")
            values.extend(words)
    if query.tags is not None:
        where.append(
            "EXISTS (SELECT 1 FROM json_each(tags)"
            f" WHERE value IN ({_marks(query.tags)}))"
        )
        values.extend(query.tags)
    cursor, sign = query.before or query.after, ">" if query.before else "<"
    if cursor is not None and cursor.created_at is not None:
        where.append(f"(created_at, id) {sign} (?, ?)")
        values += [cursor.created_at, cursor.run_id]
    elif cursor is not None:
        where.append(f"id {sign} ?")
        values.append(cursor.run_id)
    return where, values


def _marks(words: tuple[str, ...]) -> str:
    return ", ".join("?" for _ in words)
