"""The Python API of jobs: what `jobs` does, inside the caller's transaction."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from jobwire.app.job_record import JobRecord
from jobwire.app.jobwire import Jobwire
from jobwire.app.own_transaction import own_transaction
from jobwire.app.python_arguments import (
    read_definition,
    read_executor,
    read_job_id,
    read_json,
    read_mode,
    read_retry_config,
    read_user_id,
)
from jobwire.jobs import run_wait
from jobwire.jobs.cancel import cancel
from jobwire.jobs.definition import JobDefinition
from jobwire.jobs.delete import delete
from jobwire.jobs.doorbell import Topic
from jobwire.jobs.errors import InvalidInputError
from jobwire.jobs.lifecycle import CANCEL_GRACE
from jobwire.jobs.placement import PlacementPolicy
from jobwire.jobs.registry import Registry
from jobwire.jobs.reschedule import reschedule
from jobwire.jobs.retry import SAME_DATA, retry
from jobwire.jobs.retry_config import RetryConfig
from jobwire.jobs.schedule import schedule
from jobwire.jobs.schedule_request import RunTime, ScheduleRequest
from jobwire.jobs.viewer import trusted
from jobwire.models.vocabulary import CancelMode


async def schedule_job(
    where: object,
    *,
    type: str | Callable[..., Any] | JobDefinition,
    tag: str,
    user_id: str | int | UUID,
    data: Any = None,
    delay: timedelta | None = None,
    run_at: datetime | None = None,
    retry_config: RetryConfig | Mapping[str, Any] | None = None,
    max_duration: timedelta | None = None,
    ttl: timedelta | None = None,
    priority: int = 0,
    queue: str | None = None,
    concurrency_key: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    idempotency_key: str | None = None,
    executor: str | None = None,
    trigger_task_id: str | None = None,
    wait_for_run: timedelta | None = None,
    secret_data: bool = False,
    secret_result: bool = False,
    schema: str | None = None,
) -> JobRecord:
    """Schedule a job.

    Inside the caller's transaction: their commit makes it real and a worker finds it
    within a second; their rollback leaves no job and no event. On a `Jobwire` it
    is committed when this returns, and starts at once.

    Args:
        where: A `Jobwire`, or the caller's AsyncSession or AsyncConnection of
            SQLAlchemy or SQLModel, or an asyncpg connection.
        type: The name of a type, the function marked with `@job` itself, or what
            `trigger_job` returned. Data are held to the type when it is known here: on
            a `Jobwire`, or by function.
        tag: What the job is about: 1-120 characters, no comma, no control character.
        user_id: Whose job it is; stored as text.
        data: Its input, JSON of at most 512 KiB; models of pydantic, dataclasses,
            times and UUIDs are written as JSON.
        delay: How long to wait before it runs.
        run_at: When to run it; at most one of `delay` and `run_at`.
        retry_config: A whole one, or the members that differ from the type's:
            maxAttempts, minTimeoutInMs, maxTimeoutInMs, factor.
        max_duration: How long one attempt may run.
        ttl: How long after it is due it may still start.
        priority: 0-9; of the jobs that are due those of higher priority start first.
        queue: The queue that it waits in; by default that of its type.
        concurrency_key: Jobs of one key share the queue's limit per key.
        metadata: Notes of your own, a JSON object of at most 64 KiB.
        idempotency_key: Makes it safe to call this again: unique for the user and the
            type, for as long as the job is kept. A repeat with the same input returns
            the first job as it stands now.
        executor: Where it runs, "internal" or "trigger"; by default where its type is
            registered, and on Trigger.dev if it names a task.
        trigger_task_id: The Trigger.dev task to run; need not be registered.
        wait_for_run: On a `Jobwire`: how long to wait, once the job is committed, for
            its Trigger.dev run, at most 30 seconds; what comes later comes with the
            next read.
        secret_data: Only admins may read its data in the API, whatever its type says:
            for types that are not known here.
        secret_result: The same of what it returns.
        schema: Where Jobwire's tables live, if the connection's search path does not
            find them; a `Jobwire` knows.

    Raises:
        InvalidInputError: Something does not fit; its path says where.
        UnknownTypeError: On a `Jobwire`: the type is not registered.
        NotAJobError: `type` is a function that is not marked with `@job`.
        IdempotencyConflictError: The key was used with another input.
        ExecutorUnavailableError: On a `Jobwire`: it knows no Trigger.dev.
        UnsupportedConnectionError: `where` is none of these.
    """
    if wait_for_run is not None:
        _check_wait(where, wait_for_run)
    definition = read_definition(type)
    request = ScheduleRequest(
        type=definition.name if definition is not None else str(type),
        tag=tag,
        executor=read_executor(executor),
        trigger_task_id=trigger_task_id,
        data=read_json(data),
        when=RunTime(delay=delay, at=run_at),
        retry_config=read_retry_config(retry_config),
        max_duration=max_duration,
        ttl=ttl,
        priority=priority,
        queue=queue,
        concurrency_key=concurrency_key,
        metadata=read_json(metadata, at="metadata"),
        idempotency_key=idempotency_key,
        secret_data=secret_data,
        secret_result=secret_result,
    )
    registry = None if definition is None else Registry([definition])
    viewer = trusted(read_user_id(user_id))
    if isinstance(where, Jobwire):
        engine = where.engine
        scheduled = await engine.intake.schedule(
            request,
            registry=registry or engine.registry,
            viewer=viewer,
            policy=engine.policy,
        )
    else:
        async with own_transaction(where, schema, Topic.WORK) as (connection, now):
            scheduled = await schedule(
                connection, request, registry=registry, viewer=viewer, now=now
            )
    job = scheduled.job
    if wait_for_run is not None and isinstance(where, Jobwire):
        feed = where.engine.feed
        job = await run_wait.wait_for_run(feed, job, viewer=viewer, span=wait_for_run)
    return JobRecord.of(job)


async def cancel_job(
    where: object,
    job_id: str | UUID,
    *,
    mode: str = CancelMode.GRACEFUL,
    grace_period: timedelta = CANCEL_GRACE,
    reason: str | None = None,
    if_version: int | None = None,
    actor: str = "python",
    schema: str | None = None,
) -> JobRecord:
    """Cancel a job: at once if it has not started, else as a wish to its code.

    A job that had ended stays as it is. Of a running one `cancel_outcome` is PENDING
    until its code has stopped, or has ended by itself. Asking again changes nothing,
    but to escalate to FORCE.

    Args:
        where: A `Jobwire`, or the caller's connection, as for `schedule_job`.
        job_id: `job_…` or the bare UUID.
        mode: "GRACEFUL" waits for the code for as long as it takes; "FORCE" settles the
            job after the grace even if its code may still be running.
        grace_period: How long the code may take to stop, from zero to 1 day, by default
            60 seconds. After it a graceful cancel is overdue. An escalation can only
            shorten it.
        reason: Why, at most 1,000 characters.
        if_version: Only if the job still has this version.
        actor: Who asks, for the job's history.
        schema: As for `schedule_job`.

    Raises:
        NotFoundError: There is no such job.
        VersionConflictError: It has another version.
        InvalidInputError: The reason is too long, the grace is out of range, or the
            mode is none of these.
        UnsupportedConnectionError: `where` is none of these.
    """
    async with own_transaction(where, schema, Topic.CANCEL) as (connection, now):
        canceled = await cancel(
            connection,
            read_job_id(job_id),
            viewer=trusted(actor),
            now=now,
            mode=read_mode(mode),
            grace_period=grace_period,
            reason=reason,
            if_version=if_version,
        )
    return JobRecord.of(canceled.job)


async def retry_job(
    where: object,
    job_id: str | UUID,
    *,
    data: Any = SAME_DATA,
    delay: timedelta | None = None,
    run_at: datetime | None = None,
    actor: str = "python",
    schema: str | None = None,
) -> JobRecord:
    """Run a job that has ended once more, as a new job; the old one stays as it is.

    Args:
        where: A `Jobwire`, or the caller's connection, as for `schedule_job`.
        job_id: `job_…` or the bare UUID.
        data: Other data than those of the old one.
        delay: How long to wait before it runs.
        run_at: When to run it; at most one of `delay` and `run_at`.
        actor: Who asks, for the new job's history.
        schema: As for `schedule_job`.

    Raises:
        NotFoundError: There is no such job.
        InvalidStateError: It has not ended.
        InvalidInputError: Something does not fit; its path says where.
        UnknownTypeError: On a `Jobwire`: its type is not registered any more.
        ExecutorUnavailableError: On a `Jobwire`: it knows no Trigger.dev.
        UnsupportedConnectionError: `where` is none of these.
    """
    engine = where.engine if isinstance(where, Jobwire) else None
    async with own_transaction(where, schema, Topic.WORK) as (connection, now):
        job = await retry(
            connection,
            read_job_id(job_id),
            registry=None if engine is None else engine.registry,
            viewer=trusted(actor),
            now=now,
            data=data if data is SAME_DATA else read_json(data),
            when=RunTime(delay=delay, at=run_at),
            policy=PlacementPolicy() if engine is None else engine.policy,
        )
    return JobRecord.of(job)


async def reschedule_job(
    where: object,
    job_id: str | UUID,
    *,
    delay: timedelta | None = None,
    run_at: datetime | None = None,
    if_version: int | None = None,
    actor: str = "python",
    schema: str | None = None,
) -> JobRecord:
    """Give a job that has not started another time; without one: at once.

    Args:
        where: A `Jobwire`, or the caller's connection, as for `schedule_job`.
        job_id: `job_…` or the bare UUID.
        delay: How long to wait before it runs, from now on.
        run_at: When to run it; at most one of `delay` and `run_at`.
        if_version: Only if the job still has this version.
        actor: Who asks, for the job's history.
        schema: As for `schedule_job`.

    Raises:
        NotFoundError: There is no such job.
        VersionConflictError: It has another version.
        InvalidStateError: It has started, was handed over to Trigger.dev, or has ended.
        InvalidInputError: The time does not fit.
        UnsupportedConnectionError: `where` is none of these.
    """
    async with own_transaction(where, schema, Topic.WORK) as (connection, now):
        job = await reschedule(
            connection,
            read_job_id(job_id),
            viewer=trusted(actor),
            now=now,
            when=RunTime(delay=delay, at=run_at),
            if_version=if_version,
        )
    return JobRecord.of(job)


async def delete_job(
    where: object,
    job_id: str | UUID,
    *,
    actor: str = "python",
    schema: str | None = None,
) -> None:
    """Delete a job that has ended: erase what it holds, and hide it.

    Nothing that somebody wrote into it stays: data, result, failure texts, progress,
    metadata, tag, logs, keys, and what its events held.

    Args:
        where: A `Jobwire`, or the caller's connection, as for `schedule_job`.
        job_id: `job_…` or the bare UUID.
        actor: Who asks, for the job's history.
        schema: As for `schedule_job`.

    Raises:
        NotFoundError: There is no such job, or it is deleted.
        InvalidStateError: It has not ended; cancel it first.
        UnsupportedConnectionError: `where` is none of these.
    """
    async with own_transaction(where, schema, Topic.CHANGE) as (connection, now):
        await delete(connection, read_job_id(job_id), viewer=trusted(actor), now=now)


def _check_wait(where: object, span: timedelta) -> None:
    run_wait.check_wait(span, path=("wait_for_run",))
    if not isinstance(where, Jobwire):
        raise InvalidInputError(
            "wait_for_run needs a Jobwire: in your own transaction the job is not"
            " committed yet, and nobody can hand it over.",
            path=("wait_for_run",),
        )
