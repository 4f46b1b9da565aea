"""Two statements that users run by hand keep working over jobs of every status."""

from jobwire.models.database import Database
from jobwire.models.vocabulary import JobStatus

OPEN_RUNS = """
SELECT id, type, trigger_status, started, finished, trigger_run_id FROM worker_jobs
 WHERE executor = 'trigger' AND finished IS NULL"""
LAST_FAILURES = """
SELECT id, type, result, created_at FROM worker_jobs
 WHERE executor = 'trigger' AND success = false ORDER BY created_at DESC LIMIT 10"""


async def test_the_open_and_the_failed_jobs_of_trigger_dev_are_found(
    database: Database, make_job, clock
) -> None:
    jobs = {}
    for executor in ("trigger", "internal"):
        for status in JobStatus:
            only = JobStatus.RETRYING if executor == "trigger" else JobStatus.WAITING
            if status is not only:
                clock.advance(1)
                jobs[executor, status] = await make_job(
                    executor=executor, status=status
                )

    async with database.connection() as connection:
        open_runs = await connection.fetch(OPEN_RUNS)
        failures = await connection.fetch(LAST_FAILURES)

    assert {record["id"] for record in open_runs} == {
        jobs["trigger", status].id
        for status in (
            JobStatus.SCHEDULED,
            JobStatus.QUEUED,
            JobStatus.RUNNING,
            JobStatus.WAITING,
        )
    }
    assert [record["id"] for record in failures] == [
        jobs["trigger", JobStatus.EXPIRED].id,
        jobs["trigger", JobStatus.FAILED].id,
    ]
