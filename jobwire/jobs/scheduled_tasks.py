"""Tasks on Trigger.dev of which job schedules make runs."""

from jobwire.jobs.connections import SqlConnection

_BY_TASK = """
SELECT EXISTS (
  SELECT FROM job_schedules
   WHERE trigger_task_id = $1 AND trigger_schedule_id IS NOT NULL) AS found"""


async def may_be_scheduled(connection: SqlConnection, task: str) -> bool:
    """Whether a run of a task may have been made by a schedule of ours."""
    [record] = await connection.fetch(_BY_TASK, task)
    return bool(record["found"])
