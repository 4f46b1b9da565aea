"""Schedule: accept jobs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from uuid import UUID

from jobwire.jobs import identifiers, json_text, tracing
from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.errors import (
    BatchRefusedError,
    IdempotencyConflictError,
    InvalidInputError,
    JobError,
)
from jobwire.jobs.idempotency import Key, differing_fields, input_of, read_first
from jobwire.jobs.job import Job
from jobwire.jobs.placement import PlacementPolicy, place
from jobwire.jobs.queue import check_queue, queue_of
from jobwire.jobs.registry import Registry
from jobwire.jobs.retry_config import RetryConfig
from jobwire.jobs.schedule_request import (
    MAX_KEY_LENGTH,
    MAX_TYPE_LENGTH,
    MAX_USER_ID_LENGTH,
    ScheduleRequest,
    check_priority,
    check_span,
    check_tag,
    check_text,
    encode_metadata,
)
from jobwire.jobs.transitions.create import NewJob, create
from jobwire.jobs.trigger_job import MIN_MAX_DURATION
from jobwire.jobs.viewer import Viewer
from jobwire.models.vocabulary import Executor, JobStatus, SignalSource

#: The most jobs that one call may accept.
MAX_BATCH = 1000
_ANYWHERE = PlacementPolicy()
_RETRY_CONFIG = RetryConfig()
#: Set on every run by us, so that a run can be told to be ours.
_OF_RUNS = "jobwire"


@dataclass(frozen=True, slots=True)
class Scheduled:
    """What became of a request that was not refused.

    Attributes:
        job: The job.
        created: Whether this request made it; False: an earlier one with its key did.
    """

    job: Job
    created: bool


@dataclass(frozen=True, slots=True)
class _Terms:
    """What requests are held to."""

    registry: Registry | None
    viewer: Viewer
    now: datetime
    policy: PlacementPolicy

    def read(
        self, requests: Sequence[ScheduleRequest]
    ) -> tuple[dict[int, NewJob], dict[int, JobError]]:
        """Return the jobs that fit and why the others do not, by position."""
        new: dict[int, NewJob] = {}
        refusals: dict[int, JobError] = {}
        # Of one millisecond, they rise with the positions: jobs that are alike start,
        # and are listed, in the order in which they were asked for.
        ids = sorted(
            (identifiers.new_id(self.now) for _ in requests), key=attrgetter("int")
        )
        for position, (request, id) in enumerate(zip(requests, ids, strict=True)):
            try:
                new[position] = self.accept(request, id)
            except JobError as refusal:
                refusals[position] = refusal
        return new, refusals

    def accept(self, request: ScheduleRequest, id: UUID) -> NewJob:
        """Make the job that a request asks for.

        Raises:
            JobError: It is refused.
        """
        owner = self.viewer.owner(request.user_id)
        check_text("type", request.type, MAX_TYPE_LENGTH)
        check_text("userId", owner, MAX_USER_ID_LENGTH)
        check_tag(request.tag)
        for name, key in (
            ("concurrencyKey", request.concurrency_key),
            ("idempotencyKey", request.idempotency_key),
        ):
            if key is not None:
                check_text(name, key, MAX_KEY_LENGTH)
        priority = 0 if request.priority is None else request.priority
        check_priority(priority)
        data = {} if request.data is None else request.data
        placement = place(
            request.type,
            request.executor,
            request.trigger_task_id,
            registry=self.registry,
            policy=self.policy,
            viewer=self.viewer,
        )
        definition = placement.definition
        retry_config = _RETRY_CONFIG
        max_duration = request.max_duration
        if definition is None:
            text = json_text.encode(
                data, limit=json_text.MAX_DATA_BYTES, path=("data",)
            )
        else:
            text = definition.encode_data(data)
            retry_config = definition.retry_config
            if max_duration is None:
                max_duration = definition.max_duration
        check_span("maxDuration", max_duration)
        _check_max_duration(placement.executor, max_duration)
        check_span("ttl", request.ttl)
        metadata = encode_metadata(request.metadata)
        _check_run_metadata(placement.executor, request)
        check_queue(request.queue, placement.executor)
        created_at = identifiers.created_at(id)
        run_at = request.when.resolve(created_at)
        return NewJob(
            id=id,
            tag=request.tag,
            type=request.type,
            user_id=owner,
            executor=placement.executor.value,
            status=first_status(run_at, now=created_at).value,
            data=text,
            retry_config=retry_config.with_overrides(request.retry_config).to_json(),
            priority=priority,
            queue=queue_of(
                request.queue,
                None if definition is None else definition.queue,
                placement.trigger_task_id,
            ),
            concurrency_key=request.concurrency_key,
            run_at=run_at,
            expires_at=None if request.ttl is None else run_at + request.ttl,
            max_duration=max_duration,
            created_at=created_at,
            metadata=metadata,
            idempotency_key=request.idempotency_key,
            idempotency_input=(
                None if request.idempotency_key is None else input_of(request)
            ),
            schedule_id=request.schedule_id,
            replay_of=request.replay_of,
            trigger_task_id=placement.trigger_task_id,
            secret_data=request.secret_data
            or (definition is not None and definition.secret_data),
            secret_result=request.secret_result
            or (definition is not None and definition.secret_result),
        )


async def schedule(
    connection: SqlConnection,
    request: ScheduleRequest,
    *,
    registry: Registry | None,
    viewer: Viewer,
    now: datetime,
    source: SignalSource = SignalSource.API,
    policy: PlacementPolicy = _ANYWHERE,
) -> Scheduled:
    """Accept a job: → QUEUED when it is due at once, else → SCHEDULED.

    One statement, in the caller's transaction if it holds one; a repeat of an
    idempotency key needs another one, which reads.

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
        IdempotencyConflictError: Its key stands for another request.
    """
    [outcome] = await schedule_each(
        connection,
        [request],
        registry=registry,
        viewer=viewer,
        now=now,
        source=source,
        policy=policy,
    )
    if isinstance(outcome, JobError):
        raise outcome
    return outcome


async def schedule_each(
    connection: SqlConnection,
    requests: Sequence[ScheduleRequest],
    *,
    registry: Registry | None,
    viewer: Viewer,
    now: datetime,
    source: SignalSource = SignalSource.API,
    policy: PlacementPolicy = _ANYWHERE,
) -> list[Scheduled | JobError]:
    """Accept each job that fits, as `schedule` does one.

    All in one statement: those that are accepted are committed together.

    Returns:
        For each request, in order, what became of it or why it was refused.
    """
    terms = _Terms(registry, viewer, now, policy)
    new, refusals = terms.read(requests)
    written = await write(
        connection,
        [*new.values()],
        source=source,
        viewer=viewer,
        traceparent=tracing.current(),
    )
    outcomes = {**refusals, **dict(zip(new, written, strict=True))}
    return [outcomes[position] for position in range(len(requests))]


async def schedule_all(
    connection: SqlConnection,
    requests: Sequence[ScheduleRequest],
    *,
    registry: Registry | None,
    viewer: Viewer,
    now: datetime,
    source: SignalSource = SignalSource.API,
    policy: PlacementPolicy = _ANYWHERE,
) -> list[Scheduled]:
    """Accept all jobs or none, as `schedule` does one.

    Must run inside a transaction, which is rolled back when this raises.

    Raises:
        BatchRefusedError: One or more were refused.
    """
    terms = _Terms(registry, viewer, now, policy)
    new, refusals = terms.read(requests)
    if refusals:
        raise BatchRefusedError(refusals, of=len(requests))
    written = await write(
        connection,
        [*new.values()],
        source=source,
        viewer=viewer,
        traceparent=tracing.current(),
    )
    scheduled = []
    for position, outcome in enumerate(written):
        if isinstance(outcome, JobError):
            refusals[position] = outcome
        else:
            scheduled.append(outcome)
    if refusals:
        raise BatchRefusedError(refusals, of=len(requests))
    return scheduled


def accept(
    request: ScheduleRequest,
    *,
    registry: Registry | None,
    viewer: Viewer,
    now: datetime,
    policy: PlacementPolicy = _ANYWHERE,
) -> NewJob:
    """Make the job that a request asks for; `write` commits it.

    Raises:
        JobError: It is refused, as by `schedule`.
    """
    return _Terms(registry, viewer, now, policy).accept(
        request, identifiers.new_id(now)
    )


async def write(
    connection: SqlConnection,
    jobs: Sequence[NewJob],
    *,
    source: SignalSource,
    viewer: Viewer,
    traceparent: str | None = None,
) -> list[Scheduled | JobError]:
    """Write accepted jobs, and find those whose idempotency keys are taken.

    One statement if none has such a key.

    Args:
        connection: Where to write.
        jobs: The jobs.
        source: Which path brought them.
        viewer: Who asked for them.
        traceparent: Where their traces go on from; None: nowhere.

    Returns:
        For each job, in order, what became of it or why it was refused.
    """
    outcomes: dict[UUID, Scheduled | JobError] = {}
    known = None if traceparent is None else {tracing.TRACEPARENT: traceparent}
    detail = viewer.detail(known)
    new = [*jobs]
    while new:
        created = await create(
            connection,
            new,
            source=source,
            actor=viewer.user_id,
            detail=detail,
        )
        outcomes |= {id: Scheduled(job, created=True) for id, job in created.items()}
        repeats = [job for job in new if job.id not in created]
        outcomes |= await _find(connection, repeats)
        # A key whose job was deleted at this very moment is free again.
        new = [job for job in repeats if job.id not in outcomes]
    return [outcomes[job.id] for job in jobs]


async def _find(
    connection: SqlConnection, repeats: Sequence[NewJob]
) -> dict[UUID, Scheduled | JobError]:
    """Answer requests whose idempotency keys are taken, by the jobs that hold them."""
    if not repeats:
        return {}
    first = await read_first(connection, [_key(job) for job in repeats])
    found: dict[UUID, Scheduled | JobError] = {}
    for job in repeats:
        if _key(job) not in first:
            continue
        holder, asked = first[_key(job)]
        differing = differing_fields(asked, job.idempotency_input or "{}")
        found[job.id] = (
            IdempotencyConflictError(holder, differing)
            if differing
            else Scheduled(holder, created=False)
        )
    return found


def _key(job: NewJob) -> Key:
    return job.user_id, job.type, job.idempotency_key or ""


def first_status(run_at: datetime, *, now: datetime) -> JobStatus:
    """Return where a job that has not started waits: for its time or for a worker."""
    return JobStatus.QUEUED if run_at <= now else JobStatus.SCHEDULED


def _check_max_duration(executor: Executor, max_duration: timedelta | None) -> None:
    if executor is Executor.INTERNAL or max_duration is None:
        return
    if max_duration < MIN_MAX_DURATION:
        raise InvalidInputError(
            "maxDuration of a job on Trigger.dev must be at least"
            f" {MIN_MAX_DURATION.seconds} seconds, not {max_duration}.",
            path=("maxDuration",),
        )


def _check_run_metadata(executor: Executor, request: ScheduleRequest) -> None:
    if executor is Executor.TRIGGER and _OF_RUNS in (request.metadata or {}):
        raise InvalidInputError(
            f"metadata of a job on Trigger.dev must not have the member {_OF_RUNS!r}:"
            " its run carries ours there. Choose another name.",
            path=("metadata", _OF_RUNS),
        )
