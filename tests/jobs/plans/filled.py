"""What the database of the plans holds, and the names of things in it."""

from uuid import UUID

#: Seeded jobs: of ten users, eight types and many tags.
JOBS = 12_000
#: Jobs beside them that wait for too long, of one user, type, tag and schedule.
BACKLOG = 5_000
#: Events and lines of each of a few jobs.
PARTS = 1_000
#: Notifications about one of them.
OF_JOB = 20

SCHEDULE = UUID(int=1)
#: The first of the backlog, which has many events and lines.
JOB = UUID(int=0x7000_8000_0000_0000_0001)

_TABLES = (
    "worker_jobs",
    "job_events",
    "job_attempts",
    "job_logs",
    "job_schedules",
    "notifications",
)
_ID = "('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"

FILL = f"""
{"".join(f"ALTER TABLE {one} SET (autovacuum_enabled = off);" for one in _TABLES)}
INSERT INTO worker_jobs (id, tag, type, user_id, executor, status, run_at, created_at,
                         updated_at, next_attempt_at, attention, schedule_id)
SELECT {_ID}, 'nightly', 'backlog', 'user-1', 'internal', 'QUEUED', now(), now(), now(),
       now(), '{{START_OVERDUE}}', '{SCHEDULE}'
  FROM generate_series(1, {BACKLOG}) AS n;
INSERT INTO job_events (job_id, user_id, version, kind, from_status, to_status, source,
                        occurred_at, changes)
SELECT {_ID}, 'user-1', version, CASE version WHEN 2 THEN 'DRIFT_CORRECTED' ELSE
       'PROGRESS' END, CASE WHEN version > 1 THEN 'QUEUED' END, 'QUEUED', 'WORKER',
       now(), '{{}}'
  FROM generate_series(1, 10) AS n, generate_series(1, {PARTS}) AS version;
INSERT INTO job_logs (job_id, id, level, at, message)
SELECT {_ID}, line, 'DEBUG', now(), 'line'
  FROM generate_series(1, 10) AS n, generate_series(1, {PARTS}) AS line;
INSERT INTO job_attempts (job_id, number, status, started_at, finished_at)
SELECT {_ID}, number, 'FAILED', now(), now()
  FROM generate_series(1, 10) AS n, generate_series(1, {PARTS}) AS number;
INSERT INTO job_schedules (id, key, tag, type, user_id, executor, cron, created_at,
                           updated_at)
SELECT {_ID}, n, 'tag', 'type-' || n % 2, 'user-1', 'internal', '* * * * *', now(),
       now()
  FROM generate_series(1, {BACKLOG}) AS n;
INSERT INTO notifications (id, job_id, job_version, type, target, body, status,
                           next_attempt_at, created_at, ended_at)
SELECT {_ID}, {_ID}, 1, 'job.succeeded', 'https://target', '{{}}', 'DELIVERED', NULL,
       now(), now()
  FROM generate_series(1, {BACKLOG}) AS n;
INSERT INTO notifications (id, job_id, job_version, type, target, body, status,
                           next_attempt_at, created_at, ended_at)
SELECT gen_random_uuid(), '{JOB}', 1 + n, 'job.progressed', 'https://target', '{{}}',
       'FAILED', NULL, now(), now()
  FROM generate_series(1, {OF_JOB} - 1) AS n"""
