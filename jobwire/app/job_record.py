"""A job as the Python API gives it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from jobwire.jobs import json_text
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.job import Job
from jobwire.models.vocabulary import CancelOutcome, Executor, JobStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRecord:
    """A job as it stood when it was written; printed without its data and result.

    Attributes:
        id: Its public id, `job_…`, as in the GraphQL API.
        uuid: The same as it stands in `worker_jobs.id`.
        type: The name of its code.
        tag: What it is about.
        user_id: Whose it is.
        status: Where it stands.
        version: How often it has changed, from 1 on.
        data: Its input.
        metadata: The caller's notes.
        priority: 0-9, higher first.
        queue: The queue that it waits in.
        concurrency_key: Whose share of the queue's limit per key it takes.
        idempotency_key: What a repeat finds it by.
        result: Its output, or its error; None while there is neither.
        run_at: When it is to run.
        created_at: When it was accepted.
        started_at: When its first attempt started.
        finished_at: When it ended.
        cancel_outcome: What became of the wish to cancel it; None: there is none.
        executor: Where it runs.
        trigger_task_id: Its Trigger.dev task, for TRIGGER.
        trigger_run_id: Its Trigger.dev run; None: there is none yet.
    """

    id: str
    uuid: UUID
    type: str
    tag: str
    user_id: str
    status: JobStatus
    version: int
    data: Any = field(repr=False)
    metadata: dict[str, Any]
    priority: int
    queue: str
    concurrency_key: str | None
    idempotency_key: str | None
    result: Any = field(repr=False)
    run_at: datetime
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    cancel_outcome: CancelOutcome | None
    executor: Executor
    trigger_task_id: str | None
    trigger_run_id: str | None

    @classmethod
    def of(cls, job: Job) -> Self:
        """Make the record of a row."""
        outcome = job.cancel_outcome
        return cls(
            id=job_id_text(job.id),
            uuid=job.id,
            type=job.type,
            tag=job.tag,
            user_id=job.user_id,
            status=job.job_status,
            version=job.version,
            data=json_text.decode(job.data),
            metadata=json_text.decode(job.metadata),
            priority=job.priority,
            queue=job.queue,
            concurrency_key=job.concurrency_key,
            idempotency_key=job.idempotency_key,
            result=json_text.decode(job.result),
            run_at=job.run_at,
            created_at=job.created_at,
            started_at=job.started,
            finished_at=job.finished,
            cancel_outcome=None if outcome is None else CancelOutcome(outcome),
            executor=Executor(job.executor),
            trigger_task_id=job.trigger_task_id,
            trigger_run_id=job.trigger_run_id,
        )
