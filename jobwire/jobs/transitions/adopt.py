"""Adopt: a run that a schedule of Trigger.dev has made becomes a job."""

from datetime import datetime
from uuid import UUID

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.job import JOB_COLUMNS, Job
from jobwire.jobs.transitions.create import CREATED
from jobwire.jobs.transitions.events import append_events, changed
from jobwire.models.vocabulary import SignalSource

_CREATED = (
    *CREATED,
    "dispatched_at",
    "schedule_id",
    "tick_at",
    "trigger_task_id",
    "trigger_run_id",
    "trigger_environment",
)

# Two runs of one tick are two jobs all the same: somebody has replayed the first one.
_ADOPT = f"""
WITH i AS (
  INSERT INTO worker_jobs (
    id, tag, type, user_id, executor, status, data, retry_config, queue, run_at,
    next_attempt_at, created_at, updated_at, dispatch_state, dispatched_at,
    schedule_id, tick_at, trigger_task_id, trigger_run_id, trigger_environment,
    secret_data, secret_result)
  SELECT $1::uuid, s.tag, s.type, s.user_id, 'trigger', 'QUEUED', $2::text::jsonb,
         $3::text::jsonb, $4::text, $5::timestamptz, $5, $6::timestamptz, $6, 'linked',
         $5, s.id,
         CASE WHEN NOT EXISTS (
           SELECT FROM worker_jobs j WHERE j.schedule_id = s.id AND j.tick_at = $5
              AND j.schedule_id IS NOT NULL AND j.tick_at IS NOT NULL)
         THEN $5::timestamptz END,
         $7::text, $8::text, s.trigger_environment, s.secret_data, $9::boolean
    FROM job_schedules s WHERE s.id = $10
  ON CONFLICT (trigger_run_id) WHERE trigger_run_id IS NOT NULL DO NOTHING
  RETURNING *),
e AS ({
    append_events(
        "i",
        kind="'CREATED'",
        from_status="NULL",
        changes=f"jsonb_strip_nulls({changed(_CREATED)})",
        source="$11::text",
        actor="NULL",
        now="created_at",
    )
})
SELECT {JOB_COLUMNS} FROM i"""


async def adopt_run(
    connection: SqlConnection,
    *,
    job_id: UUID,
    schedule_id: UUID,
    run_id: str,
    task: str,
    queue: str,
    data: str,
    retry_config: str,
    secret_result: bool,
    nominal_at: datetime,
    source: SignalSource,
    now: datetime,
) -> Job | None:
    """Write the job of a run, linked from the first: → QUEUED.

    Once for each run, whoever else adopts it. Its dispatch number is 0, for nothing was
    dispatched.

    Args:
        connection: A connection inside a transaction.
        job_id: A UUIDv7 of the millisecond of `now`.
        schedule_id: The job schedule.
        run_id: The run.
        task: The id of its task.
        queue: Where it waits, as Trigger.dev calls it.
        data: Its payload, as JSON text.
        retry_config: The whole configuration, as JSON text.
        secret_result: Whether only admins may read its output.
        nominal_at: The tick that the run is of.
        source: Which path told of it.
        now: When it is adopted, to the millisecond.

    Returns:
        The job; None: another one has the run, or there is no such schedule.
    """
    records = await connection.fetch(
        _ADOPT,
        job_id,
        data,
        retry_config,
        queue,
        nominal_at,
        now,
        task,
        run_id,
        secret_result,
        schedule_id,
        source.value,
    )
    return Job.from_record(records[0]) if records else None
