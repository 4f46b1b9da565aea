"""What belongs to a job goes with it, however the job is removed."""

import pytest

from jobwire.models.database import Database

pytestmark = pytest.mark.rows_by_hand("attempts that no claim started")

BELONGING = ("job_events", "job_attempts", "job_logs")


@pytest.mark.parametrize(
    ("statement", "left"),
    [
        ("DELETE FROM worker_jobs WHERE tag = 'goes'", 1),
        ("DELETE FROM worker_jobs", 0),
        ("TRUNCATE worker_jobs CASCADE", 0),
    ],
)
async def test_events_attempts_and_logs_go_with_their_job(
    database: Database, make_job, statement: str, left: int
) -> None:
    goes, stays = await make_job(tag="goes"), await make_job(tag="stays")
    async with database.connection() as connection:
        for job in (goes, stays):
            await connection.execute(
                "INSERT INTO job_attempts (job_id, number, status, started_at)"
                " VALUES ($1, 1, 'RUNNING', now())",
                job.id,
            )
            await connection.execute(
                "INSERT INTO job_logs (job_id, id, attempt, at, level, message)"
                " VALUES ($1, $2, 1, now(), 'INFO', 'Hello')",
                job.id,
                1 if job is goes else 2,
            )

        # From a session that would find other tables by these names, or none.
        schema = await connection.fetchval("SELECT current_schema()")
        await connection.execute("SET search_path = pg_catalog")
        removed = statement.replace("worker_jobs", f"{schema}.worker_jobs")
        await connection.execute(removed)
        await connection.execute("RESET search_path")

        for table in BELONGING:
            jobs = await connection.fetch(f"SELECT DISTINCT job_id FROM {table}")
            assert [one["job_id"] for one in jobs] == [stays.id][:left], table
