"""The Python API of job schedules, inside the caller's transaction."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from jobwire.app.job_record import JobRecord
from jobwire.app.jobwire import Jobwire
from jobwire.app.own_transaction import own_transaction
from jobwire.app.python_arguments import (
    read_definition,
    read_executor,
    read_json,
    read_retry_config,
    read_schedule_id,
    read_user_id,
    read_word,
)
from jobwire.app.schedule_record import JobScheduleRecord
from jobwire.jobs.cron.change import delete, pause, resume
from jobwire.jobs.cron.request import CronRequest
from jobwire.jobs.cron.run_now import run_now
from jobwire.jobs.cron.schedule_cron import schedule_cron
from jobwire.jobs.cron.trial import try_out
from jobwire.jobs.definition import JobDefinition
from jobwire.jobs.doorbell import Topic
from jobwire.jobs.placement import PlacementPolicy
from jobwire.jobs.registry import Registry
from jobwire.jobs.retry_config import RetryConfig
from jobwire.jobs.viewer import trusted
from jobwire.models.vocabulary import MisfirePolicy, OverlapPolicy, ScheduleOwner


async def schedule_cron_job(
    where: object,
    *,
    type: str | Callable[..., Any] | JobDefinition,
    tag: str,
    user_id: str | int | UUID,
    cron: str,
    timezone: str = "UTC",
    key: str | None = None,
    executor: str | None = None,
    owner: str | None = None,
    trigger_task_id: str | None = None,
    data: Any = None,
    retry_config: RetryConfig | Mapping[str, Any] | None = None,
    overlap_policy: str | None = None,
    misfire_policy: str | None = None,
    misfire_window: timedelta | None = None,
    if_version: int | None = None,
    schema: str | None = None,
) -> JobScheduleRecord:
    """Make jobs by a cron, or change the schedule that the user has under the key.

    Whatever is left out has its default from then on; only a pause stays. Call it at
    every start of your program, if you like: asking for what there is changes nothing.

    Args:
        where: A `Jobwire`, or the caller's connection, as for `schedule_job`.
        type: The name of a type, or the function or task that is registered as one.
        tag: What its jobs are about.
        user_id: Whose schedule it is.
        cron: Five fields, or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`.
        timezone: The IANA time zone that `cron` is read in.
        key: Your stable name for the schedule, unique per user; by default the tag.
        executor: Where its jobs run, "internal" or "trigger"; as for `schedule_job`.
        owner: Whose clock fires it: "JOBWIRE", which is the default, or "TRIGGER_DEV",
            which fires while Jobwire is down.
        trigger_task_id: The Trigger.dev task to run; need not be registered.
        data: The input of each job.
        retry_config: As for `schedule_job`.
        overlap_policy: What a tick does while an earlier job is open: "SKIP", which is
            the default, "ALLOW", "QUEUE_ONE" or "CANCEL_RUNNING".
        misfire_policy: What becomes of ticks that nobody could use within a minute:
            "RUN_ONCE", which is the default, "SKIP" or "RUN_ALL".
        misfire_window: How far back RUN_ALL reaches, by default a day.
        if_version: Only if the schedule that is there has this version; 0: only if
            there is none.
        schema: As for `schedule_job`.

    Raises:
        InvalidInputError: Something does not fit; its path says where.
        UnknownTypeError: On a `Jobwire`: the type is not registered.
        NotAJobError: `type` is a function that is not marked with `@job`.
        VersionConflictError: The schedule has another version, or there is none.
        ExecutorUnavailableError: On a `Jobwire`: it knows no Trigger.dev.
        UnsupportedConnectionError: `where` is none of these.
    """
    definition = read_definition(type)
    request = CronRequest(
        type=definition.name if definition is not None else str(type),
        tag=tag,
        cron=cron,
        timezone=timezone,
        key=key,
        user_id=read_user_id(user_id),
        executor=read_executor(executor),
        owner=None if owner is None else read_word(ScheduleOwner, owner, "owner"),
        trigger_task_id=trigger_task_id,
        data=read_json(data),
        retry_config=read_retry_config(retry_config),
        overlap_policy=(
            None
            if overlap_policy is None
            else read_word(OverlapPolicy, overlap_policy, "overlap_policy")
        ),
        misfire_policy=(
            None
            if misfire_policy is None
            else read_word(MisfirePolicy, misfire_policy, "misfire_policy")
        ),
        misfire_window=misfire_window,
        if_version=if_version,
    )
    registry = None if definition is None else Registry([definition])
    engine = where.engine if isinstance(where, Jobwire) else None
    if registry is None and engine is not None:
        registry = engine.registry
    viewer = trusted(read_user_id(user_id))
    if engine is not None:
        await try_out(engine, request, viewer=viewer)
    async with own_transaction(where, schema, Topic.CHANGE) as (connection, now):
        scheduled = await schedule_cron(
            connection,
            request,
            registry=registry,
            viewer=viewer,
            now=now,
            policy=PlacementPolicy() if engine is None else engine.policy,
        )
    return JobScheduleRecord.of(scheduled.schedule, now=now, created=scheduled.created)


async def pause_job_schedule(
    where: object,
    schedule_id: str | UUID,
    *,
    actor: str = "python",
    schema: str | None = None,
) -> JobScheduleRecord:
    """Have a job schedule not fire until it is resumed; one that is paused stays so.

    Args:
        where: A `Jobwire`, or the caller's connection, as for `schedule_job`.
        schedule_id: `sch_…` or the bare UUID.
        actor: Who asks.
        schema: As for `schedule_job`.

    Raises:
        NotFoundError: There is no such schedule.
        UnsupportedConnectionError: `where` is none of these.
    """
    id, viewer = read_schedule_id(schedule_id), trusted(actor)
    async with own_transaction(where, schema, Topic.CHANGE) as (connection, now):
        row = await pause(connection, id, viewer=viewer, now=now)
    return JobScheduleRecord.of(row, now=now)


async def resume_job_schedule(
    where: object,
    schedule_id: str | UUID,
    *,
    actor: str = "python",
    schema: str | None = None,
) -> JobScheduleRecord:
    """Have a paused job schedule fire again, from its first tick from now on.

    Args:
        where: A `Jobwire`, or the caller's connection, as for `schedule_job`.
        schedule_id: `sch_…` or the bare UUID.
        actor: Who asks.
        schema: As for `schedule_job`.

    Raises:
        NotFoundError: There is no such schedule.
        UnsupportedConnectionError: `where` is none of these.
    """
    id, viewer = read_schedule_id(schedule_id), trusted(actor)
    async with own_transaction(where, schema, Topic.CHANGE) as (connection, now):
        row = await resume(connection, id, viewer=viewer, now=now)
    return JobScheduleRecord.of(row, now=now)


async def run_job_schedule_now(
    where: object,
    schedule_id: str | UUID,
    *,
    actor: str = "python",
    schema: str | None = None,
) -> JobRecord:
    """Make a job of a schedule at once, paused or not, beside its ticks.

    Args:
        where: A `Jobwire`, or the caller's connection, as for `schedule_job`.
        schedule_id: `sch_…` or the bare UUID.
        actor: Who asks, for the job's history.
        schema: As for `schedule_job`.

    Raises:
        NotFoundError: There is no such schedule.
        UnknownTypeError: On a `Jobwire`: its type is not registered any more.
        InvalidInputError: Its data do not fit the type as it is registered now.
        ExecutorUnavailableError: On a `Jobwire`: it knows no Trigger.dev.
        UnsupportedConnectionError: `where` is none of these.
    """
    engine = where.engine if isinstance(where, Jobwire) else None
    id, viewer = read_schedule_id(schedule_id), trusted(actor)
    async with own_transaction(where, schema, Topic.WORK) as (connection, now):
        job = await run_now(
            connection,
            id,
            registry=None if engine is None else engine.registry,
            viewer=viewer,
            now=now,
            policy=PlacementPolicy() if engine is None else engine.policy,
        )
    return JobRecord.of(job)


async def delete_job_schedule(
    where: object,
    schedule_id: str | UUID,
    *,
    actor: str = "python",
    schema: str | None = None,
) -> None:
    """Delete a job schedule: it fires never again; its jobs stay.

    Args:
        where: A `Jobwire`, or the caller's connection, as for `schedule_job`.
        schedule_id: `sch_…` or the bare UUID.
        actor: Who asks.
        schema: As for `schedule_job`.

    Raises:
        NotFoundError: There is no such schedule.
        UnsupportedConnectionError: `where` is none of these.
    """
    id, viewer = read_schedule_id(schedule_id), trusted(actor)
    async with own_transaction(where, schema, Topic.CHANGE) as (connection, now):
        await delete(connection, id, viewer=viewer, now=now)
