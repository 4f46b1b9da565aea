"""The part of each statement that appends the event of a change."""

from collections.abc import Sequence


def append_events(
    rows: str,
    *,
    kind: str,
    from_status: str,
    changes: str,
    source: str,
    actor: str,
    now: str,
    attempt: str = "NULLIF(attempts, 0)",
    occurred_at: str | None = None,
    detail: str = "NULL",
) -> str:
    """Write the INSERT that appends one event per changed row.

    Every argument is SQL over the columns of `rows`, the CTE that returned them.

    Args:
        rows: The name of that CTE.
        kind: The kind of event.
        from_status: The status before.
        changes: The visible columns that this version set, as jsonb.
        source: Which path brought it.
        actor: Who did it.
        now: When it was recorded.
        attempt: The attempt that it tells of.
        occurred_at: When it happened, by the clock of its source; None: just now.
        detail: What else is known of it, as jsonb.
    """
    return f"""
INSERT INTO job_events (job_id, user_id, version, kind, from_status, to_status,
                        attempt, source, actor, occurred_at, recorded_at, changes,
                        detail)
SELECT id, user_id, version, {kind}, {from_status}, status,
       {attempt}, {source}, {actor}, {occurred_at or now}, {now}, {changes}, {detail}
  FROM {rows} ORDER BY id"""


def changed(columns: Sequence[str]) -> str:
    """Write the `changes` that name some columns, with their new values."""
    pairs = ", ".join(f"'{column}', {column}" for column in columns)
    return f"jsonb_build_object({pairs})"


def qualified(alias: str, columns: Sequence[str]) -> str:
    """Write columns of one table as a select list."""
    return ", ".join(f"{alias}.{column}" for column in columns)


def literals(words: Sequence[str]) -> str:
    """Write words as a list of SQL literals."""
    return ", ".join(f"'{word}'" for word in words)
