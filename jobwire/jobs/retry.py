"""Retry: run a job that has ended once more, as a new job."""

import json
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from jobwire.jobs import identifiers
from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.errors import InvalidStateError, NotFoundError
from jobwire.jobs.job import Job
from jobwire.jobs.lifecycle import TERMINAL, is_retryable
from jobwire.jobs.placement import PlacementPolicy
from jobwire.jobs.registry import Registry
from jobwire.jobs.schedule import ScheduleRequest, schedule
from jobwire.jobs.transitions import row
from jobwire.jobs.viewer import Viewer
from jobwire.models.vocabulary import Executor

_ANYWHERE = PlacementPolicy()


async def retry(
    connection: SqlConnection,
    job_id: UUID,
    *,
    registry: Registry | None,
    viewer: Viewer,
    now: datetime,
    policy: PlacementPolicy = _ANYWHERE,
) -> Job:
    """Schedule a new job with the input of one that has ended: → QUEUED.

    The old row stays sealed; the new one names it in `replay_of` and takes over its
    tag, type, user, data, retry configuration and `max_duration`. It runs where its
    type is registered now; if that is nowhere, where the old one ran. Must run inside a
    transaction.

    Raises:
        NotFoundError: There is no such job behind the viewer's wall.
        InvalidStateError: It has not ended.
        UnknownTypeError: Its type is not registered any more.
        InvalidInputError: Its data do not fit the type as it is registered now.
        ExecutorUnavailableError: No job can run on Trigger.dev from here.
    """
    job = await row.lock(connection, job_id, viewer=viewer)
    if job is None:
        raise NotFoundError(identifiers.job_id_text(job_id))
    if not is_retryable(job.job_status):
        raise InvalidStateError("retried", job.job_status, TERMINAL)
    registered = None if registry is None else registry.find(job.type)
    request = ScheduleRequest(
        type=job.type,
        tag=job.tag,
        executor=Executor(job.executor) if registered is None else registered.executor,
        # A registered type knows its task, which may have changed since.
        trigger_task_id=job.trigger_task_id if registered is None else None,
        user_id=job.user_id,
        data=json.loads(job.data),
        retry_config=json.loads(job.retry_config),
        max_duration=job.max_duration,
        replay_of=job.id,
    )
    return await schedule(
        connection,
        request,
        registry=registry,
        viewer=viewer,
        now=now,
        # Whoever may see the job may run its task again: it was allowed once.
        policy=replace(policy, any_task=True),
    )
