"""Schedule: accept a job."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from jobwire.jobs import identifiers, json_text
from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.errors import InvalidInputError
from jobwire.jobs.job import JOB_COLUMNS, Job
from jobwire.jobs.placement import PlacementPolicy, place
from jobwire.jobs.registry import Registry
from jobwire.jobs.retry_config import RetryConfig
from jobwire.jobs.transitions.events import append_events, changed
from jobwire.jobs.trigger_job import MIN_MAX_DURATION
from jobwire.jobs.viewer import Viewer
from jobwire.models.vocabulary import Executor, JobStatus, SignalSource

MAX_TAG_LENGTH = 120
MAX_TYPE_LENGTH = 120
MAX_USER_ID_LENGTH = 255
#: The farthest that a job may be scheduled ahead.
MAX_AHEAD = timedelta(days=3660)
#: The longest attempt, and the longest time-to-live.
MAX_SPAN = timedelta(days=366)
_ANYWHERE = PlacementPolicy()

_CREATED = (
    "id",
    "tag",
    "type",
    "user_id",
    "executor",
    "status",
    "retry_config",
    "priority",
    "queue",
    "run_at",
    "next_attempt_at",
    "created_at",
    "attempts",
    "metadata",
    "attention",
    "dispatch_state",
    "dispatch_number",
)
_CREATED_WHEN_GIVEN = (
    "concurrency_key",
    "idempotency_key",
    "expires_at",
    "max_duration",
    "schedule_id",
    "replay_of",
    "trigger_task_id",
)

_INSERT = f"""
WITH i AS (
  INSERT INTO worker_jobs (id, tag, type, user_id, executor, status, data, retry_config,
                           run_at, next_attempt_at, expires_at, max_duration, replay_of,
                           created_at, updated_at, trigger_task_id)
  VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8::text::jsonb,
          $9, $9, $10, $11, $12, $13, $13, $16)
  RETURNING *),
e AS ({
    append_events(
        "i",
        kind="'CREATED'",
        from_status="NULL",
        changes=changed(_CREATED)
        + " || jsonb_strip_nulls("
        + changed(_CREATED_WHEN_GIVEN)
        + ")",
        source="$14::text",
        actor="$15::text",
        now="created_at",
    )
})
SELECT {JOB_COLUMNS} FROM i"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleRequest:
    """What a caller asks for.

    Attributes:
        type: The name of the code to run.
        tag: What the job is about: 1-120 characters, no comma, no control character.
        executor: Where it runs; None: where its type is registered, and on Trigger.dev
            if it names a task.
        trigger_task_id: The Trigger.dev task to run.
        user_id: Whose job it is; None: the caller's own.
        data: Its input, JSON of at most 512 KiB.
        delay: How long to wait before the first attempt.
        run_at: When to run it; at most one of `delay` and `run_at`.
        retry_config: Members that differ from the type's, by their names in the API.
        max_duration: How long one attempt may run; None: what the type says.
        ttl: How long after `run_at` it may still start; None: for ever.
        replay_of: The job that this one retries.
    """

    type: str
    tag: str
    executor: Executor | None = None
    trigger_task_id: str | None = None
    user_id: str | None = None
    data: Any = None
    delay: timedelta | None = None
    run_at: datetime | None = None
    retry_config: Mapping[str, Any] | None = None
    max_duration: timedelta | None = None
    ttl: timedelta | None = None
    replay_of: UUID | None = None


async def schedule(
    connection: SqlConnection,
    request: ScheduleRequest,
    *,
    registry: Registry | None,
    viewer: Viewer,
    now: datetime,
    source: SignalSource = SignalSource.API,
    policy: PlacementPolicy = _ANYWHERE,
) -> Job:
    """Accept a job: → QUEUED when it is due at once, else → SCHEDULED.

    One statement, in the caller's transaction if it holds one.

    Args:
        connection: Where to write.
        request: What is asked.
        registry: The types to hold it to; None: any type, data unchecked, which is
            for callers whose workers live elsewhere.
        viewer: Who asks.
        now: The time of acceptance.
        source: Which path brought it.
        policy: What this process lets callers run on Trigger.dev.

    Raises:
        UnknownTypeError: The type is not registered.
        ExecutorUnavailableError: No job can run on Trigger.dev from here.
        InvalidInputError: Something does not fit; its path says where.
        ForbiddenError: It is for another user, and the viewer is no admin.
    """
    owner = viewer.owner(request.user_id)
    check_text("type", request.type, MAX_TYPE_LENGTH)
    check_text("userId", owner, MAX_USER_ID_LENGTH)
    _check_tag(request.tag)
    data = {} if request.data is None else request.data
    retry_config = RetryConfig()
    max_duration = request.max_duration
    placement = place(
        request.type,
        request.executor,
        request.trigger_task_id,
        registry=registry,
        policy=policy,
        viewer=viewer,
    )
    definition = placement.definition
    if definition is not None:
        definition.check(data)
        retry_config = definition.retry_config
        if max_duration is None:
            max_duration = definition.max_duration
    _check_span("maxDuration", max_duration)
    _check_max_duration(placement.executor, max_duration)
    _check_span("ttl", request.ttl)
    id = identifiers.new_id(now)
    created_at = identifiers.created_at(id)
    run_at = _run_at(request, created_at)
    status = JobStatus.QUEUED if run_at <= created_at else JobStatus.SCHEDULED
    records = await connection.fetch(
        _INSERT,
        id,
        request.tag,
        request.type,
        owner,
        placement.executor.value,
        status.value,
        json_text.encode(data, limit=json_text.MAX_DATA_BYTES, path=("data",)),
        retry_config.with_overrides(request.retry_config).to_json(),
        run_at,
        None if request.ttl is None else run_at + request.ttl,
        max_duration,
        request.replay_of,
        created_at,
        source.value,
        viewer.user_id,
        placement.trigger_task_id,
    )
    return Job.from_record(records[0])


def check_text(name: str, text: str, longest: int) -> None:
    """Refuse text that is empty, too long, or that PostgreSQL cannot store.

    Raises:
        InvalidInputError: With the name as its path.
    """
    if not 1 <= len(text) <= longest:
        raise InvalidInputError(
            f"{name} must have 1 to {longest} characters, not {len(text)}.",
            path=(name,),
        )
    if any(
        character == "\0" or "\ud800" <= character <= "\udfff" for character in text
    ):
        raise InvalidInputError(
            f"{name} must not hold NUL or lone surrogates.", path=(name,)
        )


def _check_tag(tag: str) -> None:
    check_text("tag", tag, MAX_TAG_LENGTH)
    refused = [
        character
        for character in tag
        if character == "," or character < " " or character == "\x7f"
    ]
    if refused:
        raise InvalidInputError(
            "tag must hold no comma and no control character, but it holds"
            f" {refused[0]!r}.",
            path=("tag",),
        )


def _check_span(name: str, span: timedelta | None) -> None:
    if span is not None and not timedelta() < span <= MAX_SPAN:
        raise InvalidInputError(
            f"{name} must be above zero and at most {MAX_SPAN.days} days, not {span}.",
            path=(name,),
        )


def _check_max_duration(executor: Executor, max_duration: timedelta | None) -> None:
    if executor is Executor.INTERNAL or max_duration is None:
        return
    if max_duration < MIN_MAX_DURATION:
        raise InvalidInputError(
            "maxDuration of a job on Trigger.dev must be at least"
            f" {MIN_MAX_DURATION.seconds} seconds, not {max_duration}.",
            path=("maxDuration",),
        )


def _run_at(request: ScheduleRequest, now: datetime) -> datetime:
    if request.delay is not None and request.run_at is not None:
        raise InvalidInputError(
            "Give either a delay or a time to run at, not both.", path=("when",)
        )
    if request.delay is not None:
        if not timedelta() <= request.delay <= MAX_AHEAD:
            raise InvalidInputError(
                f"The delay must be from zero to {MAX_AHEAD.days} days, not"
                f" {request.delay}.",
                path=("when", "delay"),
            )
        return now + request.delay
    if request.run_at is None:
        return now
    if request.run_at.tzinfo is None:
        raise InvalidInputError(
            "The time to run at must have an offset from UTC.", path=("when", "at")
        )
    if request.run_at > now + MAX_AHEAD:
        raise InvalidInputError(
            f"The time to run at must be within {MAX_AHEAD.days} days, not"
            f" {request.run_at.isoformat()}.",
            path=("when", "at"),
        )
    return request.run_at
