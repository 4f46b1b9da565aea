"""Finish: a worker says how its attempts ended."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from jobwire.jobs.failure import Failure
from jobwire.jobs.lifecycle import TERMINAL
from jobwire.jobs.settled_by import SettledBy
from jobwire.jobs.transitions.events import append_events, changed, literals, qualified
from jobwire.jobs.transitions.slots import awaited, release_slots
from jobwire.models.database import Connection


class Outcome(StrEnum):
    """How an attempt ended; the row's pending cancel decides what becomes of it."""

    #: RUNNING → SUCCEEDED.
    SUCCEEDED = "SUCCEEDED"
    #: RUNNING → FAILED: it failed, and no attempt shall follow.
    FAILED = "FAILED"
    #: RUNNING → RETRYING: it failed, and another shall follow; with a cancel pending
    #: RUNNING → CANCELED.
    RETRY = "RETRY"
    #: RUNNING → CANCELED: the code stopped on request; without a pending cancel it is
    #: handed back.
    STOPPED = "STOPPED"
    #: RUNNING → QUEUED: the worker shuts down, and the attempt does not count; with a
    #: cancel pending RUNNING → CANCELED.
    HANDED_BACK = "HANDED_BACK"


class Finish(NamedTuple):
    """The end of one attempt.

    Attributes:
        id: The job.
        fence: The fence under which it ran.
        outcome: How it ended.
        result: The output as JSON text, for SUCCEEDED.
        failure: Why, for FAILED and RETRY.
        retry_at: When the next attempt is due, for RETRY.
    """

    id: UUID
    fence: int
    outcome: Outcome
    result: str | None = None
    failure: Failure | None = None
    retry_at: datetime | None = None


_PENDING = "(j.cancel_outcome IS NOT DISTINCT FROM 'PENDING')"
_NEXT = f"""CASE
   WHEN d.outcome IN ('SUCCEEDED', 'FAILED') THEN d.outcome
   WHEN {_PENDING} THEN 'CANCELED'
   WHEN d.outcome = 'RETRY' THEN 'RETRYING'
   ELSE 'QUEUED' END"""
_ENDS = f"({_NEXT}) IN ({literals(TERMINAL)})"
_CHANGES = f"""jsonb_build_object('status', status) || CASE status
  WHEN 'RETRYING' THEN {changed(("next_attempt_at",))}
  WHEN 'QUEUED' THEN {changed(("next_attempt_at", "attempts"))}
  WHEN 'SUCCEEDED' THEN {changed(("finished", "success", "result"))}
  WHEN 'FAILED' THEN {changed(("finished", "success", "result", "failure_kind"))}
  ELSE {changed(("finished",))} END
  || CASE WHEN cancel_outcome IS NULL THEN '{{}}'::jsonb
     ELSE {changed(("cancel_outcome", "cancel_confirmed_at"))} END"""

#: What the event and the attempt need of a row.
_ENDED = (
    "id",
    "user_id",
    "version",
    "status",
    "attempts",
    "next_attempt_at",
    "finished",
    "success",
    "result",
    "failure_kind",
    "cancel_outcome",
    "cancel_confirmed_at",
    "updated_at",
)

# The fence alone decides who may finish. A condition on the status would lure the
# planner into believing that few rows match, and into a plan that is quadratic in the
# size of the batch.
_FINISH = f"""
WITH d AS (
  SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[],
                       $6::text[], $7::timestamptz[])
    AS d (id, fence, outcome, result, failure_kind, failure, retry_at)),
u AS (
  UPDATE worker_jobs j
     SET status = {_NEXT},
         version = j.version + 1,
         updated_at = $9,
         leased_by = NULL,
         leased_until = NULL,
         attempts = j.attempts - CASE ({_NEXT}) WHEN 'QUEUED' THEN 1 ELSE 0 END,
         next_attempt_at = CASE ({_NEXT})
           WHEN 'QUEUED' THEN $9 WHEN 'RETRYING' THEN d.retry_at END,
         finished = CASE WHEN {_ENDS} THEN $9 END,
         success = CASE d.outcome
           WHEN 'SUCCEEDED' THEN true WHEN 'FAILED' THEN false END,
         result = CASE d.outcome
           WHEN 'SUCCEEDED' THEN d.result::jsonb
           WHEN 'FAILED' THEN jsonb_build_object('error', d.failure::jsonb) END,
         failure_kind = CASE d.outcome WHEN 'FAILED' THEN d.failure_kind END,
         cancel_outcome = CASE
           WHEN ({_NEXT}) = 'CANCELED' THEN 'STOPPED'
           WHEN {_PENDING} THEN 'FINISHED_FIRST'
           ELSE j.cancel_outcome END,
         cancel_confirmed_at = CASE
           WHEN {_PENDING} THEN $9 ELSE j.cancel_confirmed_at END
    FROM d
   WHERE j.id = d.id AND j.fence = d.fence AND j.leased_by = $8
  RETURNING {qualified("j", _ENDED)}, d.outcome, d.failure,
            d.failure_kind AS attempt_failure_kind,
            j.attempts + CASE j.status WHEN 'QUEUED' THEN 1 ELSE 0 END AS attempt),
e AS ({
    append_events(
        "u",
        kind="CASE status WHEN 'RETRYING' THEN 'ATTEMPT_FAILED' ELSE status END",
        from_status="'RUNNING'",
        changes=_CHANGES,
        source="'WORKER'",
        actor="$8",
        now="updated_at",
        attempt="attempt",
        detail=(
            f"CASE WHEN cancel_confirmed_at IS NOT NULL THEN {SettledBy.CODE.sql} END"
        ),
    )
}),
a AS (
  UPDATE job_attempts a
     SET status = CASE WHEN u.outcome = 'SUCCEEDED' THEN 'SUCCEEDED'
                       WHEN u.outcome IN ('FAILED', 'RETRY') THEN 'FAILED'
                       ELSE 'CANCELED' END,
         finished_at = $9, failure_kind = u.attempt_failure_kind,
         failure = u.failure::jsonb,
         retry_at = CASE u.status WHEN 'RETRYING' THEN u.next_attempt_at END
    FROM u WHERE a.job_id = u.id AND a.number = u.attempt AND u.status <> 'QUEUED'),
b AS (
  DELETE FROM job_attempts a USING u
   WHERE a.job_id = u.id AND a.number = u.attempt AND u.status = 'QUEUED'),
s AS ({release_slots("u")})
SELECT id, {awaited("s")} AS frees FROM u"""


async def finish(
    connection: Connection, finishes: Sequence[Finish], *, worker: str, now: datetime
) -> dict[UUID, bool]:
    """End attempts: RUNNING → SUCCEEDED, FAILED, RETRYING, CANCELED or QUEUED.

    One statement for all of them. Whether a cancel is pending is read from the row
    itself, so a cancel that came at the last moment is honoured.

    Returns:
        The jobs whose end was accepted, each with whether others of their queues may
        have waited for one of these to end. Those that are missing were fenced out: the
        lease was lost, and another attempt may be running.
    """
    ordered = sorted(finishes, key=lambda one: one.id)
    failures = [one.failure for one in ordered]
    records = await connection.fetch(
        _FINISH,
        [one.id for one in ordered],
        [one.fence for one in ordered],
        [one.outcome for one in ordered],
        [one.result for one in ordered],
        [failure and failure.kind.value for failure in failures],
        [failure and failure.to_json() for failure in failures],
        [one.retry_at for one in ordered],
        worker,
        now,
    )
    return {record["id"]: record["frees"] for record in records}
