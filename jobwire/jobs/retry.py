"""Retry: run a job that has ended once more, as a new job."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.errors import InvalidStateError
from jobwire.jobs.job import Job
from jobwire.jobs.lifecycle import TERMINAL, is_retryable
from jobwire.jobs.lock_for import lock_for
from jobwire.jobs.placement import PlacementPolicy
from jobwire.jobs.queue import asked_queue
from jobwire.jobs.registry import Registry
from jobwire.jobs.schedule import schedule
from jobwire.jobs.schedule_request import AT_ONCE, RunTime, ScheduleRequest
from jobwire.jobs.viewer import Viewer
from jobwire.models.vocabulary import Executor

_ANYWHERE = PlacementPolicy()
#: Instead of data: those of the job that is retried.
SAME_DATA: Any = object()


async def retry(
    connection: SqlConnection,
    job_id: UUID,
    *,
    registry: Registry | None,
    viewer: Viewer,
    now: datetime,
    data: Any = SAME_DATA,
    when: RunTime = AT_ONCE,
    policy: PlacementPolicy = _ANYWHERE,
) -> Job:
    """Schedule a new job with the input of one that has ended: → QUEUED or SCHEDULED.

    The old row stays sealed; the new one names it in `replay_of` and takes over its
    tag, type, user, data, metadata, retry configuration, `max_duration`, priority,
    queue, concurrency key and what is secret. It has neither an idempotency key nor a
    time-to-live. It runs
    where its type is registered now; if that is nowhere, where the old one ran. Must
    run inside a transaction.

    Args:
        connection: A connection inside a transaction.
        job_id: The job that has ended.
        registry: The types to hold it to; None: any type.
        viewer: Who asks.
        now: When.
        data: Other data than those of the old one.
        when: When the new one shall run.
        policy: What this process lets callers run on Trigger.dev.

    Raises:
        NotFoundError: There is no such job behind the viewer's wall.
        InvalidStateError: It has not ended.
        UnknownTypeError: Its type is not registered any more.
        InvalidInputError: Its data do not fit the type as it is registered now.
        ExecutorUnavailableError: No job can run on Trigger.dev from here.
    """
    job = await lock_for(viewer, connection, job_id)
    return await retry_locked(
        connection,
        job,
        registry=registry,
        viewer=viewer,
        now=now,
        data=data,
        when=when,
        policy=policy,
    )


async def retry_locked(
    connection: SqlConnection,
    job: Job,
    *,
    registry: Registry | None,
    viewer: Viewer,
    now: datetime,
    data: Any = SAME_DATA,
    when: RunTime = AT_ONCE,
    policy: PlacementPolicy = _ANYWHERE,
) -> Job:
    """Do the same for a job that the caller has locked, and that the viewer may see.

    A refusal comes before anything is written.

    Raises:
        InvalidStateError, InvalidInputError, ExecutorUnavailableError: As above.
    """
    if not is_retryable(job.job_status):
        raise InvalidStateError("retried", job.job_status, TERMINAL)
    registered = None if registry is None else registry.find(job.type)
    ran = Executor(job.executor)
    executor = ran if registered is None else registered.executor
    request = ScheduleRequest(
        type=job.type,
        tag=job.tag,
        executor=executor,
        # A registered type knows its task, which may have changed since.
        trigger_task_id=job.trigger_task_id if registered is None else None,
        user_id=job.user_id,
        data=json.loads(job.data) if data is SAME_DATA else data,
        when=when,
        retry_config=json.loads(job.retry_config),
        max_duration=job.max_duration,
        priority=job.priority,
        # The queues of the two executors have nothing to do with each other.
        queue=asked_queue(job.queue, job.trigger_task_id) if executor is ran else None,
        concurrency_key=job.concurrency_key,
        metadata=json.loads(job.metadata),
        replay_of=job.id,
        secret_data=job.secret_data,
        secret_result=job.secret_result,
    )
    scheduled = await schedule(
        connection,
        request,
        registry=registry,
        viewer=viewer,
        now=now,
        # Whoever may see the job may run its task again: it was allowed once.
        policy=replace(policy, any_task=True),
    )
    return scheduled.job
