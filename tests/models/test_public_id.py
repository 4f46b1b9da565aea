"""Whoever writes a job, its row holds the id that the API writes."""

from uuid import UUID

from jobwire.jobs.identifiers import job_id_text
from jobwire.models.database import Database

#: All zeros, all ones, every letter once, and each bit alone.
IDS = [
    UUID(int=0),
    UUID(int=(1 << 128) - 1),
    UUID(int=int("".join(f"{letter:05b}" for letter in range(25)), 2)),
    *(UUID(int=1 << bit) for bit in range(128)),
]


async def test_postgresql_writes_ids_as_python_does(database: Database) -> None:
    async with database.connection() as connection:
        written = await connection.fetch(
            "SELECT jobwire_job_id(id) AS text FROM unnest($1::uuid[]) AS id", IDS
        )

    assert [one["text"] for one in written] == [job_id_text(id) for id in IDS]


async def test_whoever_inserts_a_job_its_row_holds_its_public_id(
    database: Database, make_job
) -> None:
    job = await make_job()

    async with database.connection() as connection:
        held = await connection.fetchval("SELECT public_id FROM worker_jobs")

    assert held == job_id_text(job.id)
