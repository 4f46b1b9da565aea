"""Rows that break a rule of their table are refused by the name of that rule."""

import asyncpg
import pytest

from jobwire.models.database import Database

pytestmark = pytest.mark.rows_by_hand("an attempt that no claim started")

#: Of each table some rules: a text, a list of words, what belongs together, a number.
BROKEN = [
    ("worker_jobs", "tag = ''", "tag_has_1_to_120_characters"),
    ("worker_jobs", "tag = 'a,b'", "tag_has_no_comma_and_no_control_character"),
    ("worker_jobs", "tag = E'a\\x1f'", "tag_has_no_comma_and_no_control_character"),
    ("worker_jobs", "status = 'DONE'", "status_is_known"),
    ("worker_jobs", "metadata = '[]'", "metadata_is_an_object"),
    ("worker_jobs", "priority = 10", "priority_is_0_to_9"),
    ("worker_jobs", "finished = now()", "finished_is_set_exactly_when_terminal"),
    ("worker_jobs", "success = true", "success_follows_status"),
    (
        "worker_jobs",
        "leased_by = 'w', leased_until = now()",
        "an_internal_job_is_leased_exactly_when_running",
    ),
    (
        "worker_jobs",
        "idempotency_key = 'k'",
        "an_idempotency_key_comes_with_its_input",
    ),
    ("job_events", "kind = 'LOST'", "kind_is_known"),
    ("job_events", "to_status = 'LOST'", "to_status_is_known"),
    ("job_events", "version = 2", "only_the_first_event_comes_from_nowhere"),
    ("job_attempts", "status = 'DONE'", "status_is_known"),
    ("job_attempts", "number = 0", "number_is_positive"),
    (
        "job_attempts",
        "status = 'FAILED'",
        "finished_at_is_set_exactly_when_ended",
    ),
]


@pytest.mark.parametrize(("table", "change", "rule"), BROKEN)
async def test_a_row_that_breaks_a_rule_is_refused_by_its_name_and_not_told(
    database: Database, make_job, table: str, change: str, rule: str
) -> None:
    job = await make_job(tag="secret-tag")
    async with database.connection() as connection:
        await connection.execute(
            "INSERT INTO job_attempts (job_id, number, status, started_at)"
            " VALUES ($1, 1, 'RUNNING', now())",
            job.id,
        )
        with pytest.raises(asyncpg.CheckViolationError) as refused:
            await connection.execute(f"UPDATE {table} SET {change}")

    error = refused.value
    assert (error.table_name, error.constraint_name) == (table, rule)
    assert str(error) == (
        f'new row for relation "{table}" violates check constraint "{rule}"'
    )
    assert error.detail is None


@pytest.mark.parametrize("table", ["worker_jobs", "job_events", "job_attempts"])
async def test_rows_that_were_there_were_looked_at_as_well(
    database: Database, table: str
) -> None:
    async with database.connection() as connection:
        valid = await connection.fetch(
            "SELECT convalidated FROM pg_constraint"
            " WHERE contype = 'c' AND conrelid = $1::text::regclass",
            table,
        )

    assert [one["convalidated"] for one in valid] == [True]
