"""What becomes of runs, each in its simplest form, and how it shows in a job."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from jobwire.emulator import Step, Task, TaskCrash, TaskError, Wait
from jobwire.jobs.job import Job
from jobwire.models.vocabulary import JobStatus
from tests.jobs.rig import Rig

#: Longer than any test looks on, in seconds.
LONG = 7200


@dataclass(frozen=True)
class News:
    """Something that becomes of a run.

    Attributes:
        name: What the documentation calls it.
        task: Whose run it is.
        seen: Whether a job shows it.
        after: Seconds until it has happened.
        canceled_after: Seconds until somebody cancels the run in Trigger.dev itself;
            None: nobody does.
        given: More of the job.
    """

    name: str
    task: Task
    seen: Callable[[Job], bool]
    after: float = 2
    canceled_after: float | None = None
    given: dict[str, Any] = field(default_factory=dict)

    async def happen(self, rig: Rig, job: Job) -> None:
        """Let it become of a job's run."""
        if self.canceled_after is not None:
            await rig.stage.advance(self.canceled_after)
            await rig.stage.cancel(job.trigger_run_id or "")
        await rig.stage.advance(self.after)


def _ended(status: JobStatus, **columns: Any) -> Callable[[Job], bool]:
    def seen(job: Job) -> bool:
        told = {name: getattr(job, name) for name in columns}
        return job.status == status and told == columns

    return seen


def _failed(kind: str) -> Callable[[Job], bool]:
    return _ended(JobStatus.FAILED, failure_kind=kind, success=False)


#: Of a task with these nothing starts, and it is in the queue.
_NO_SLOT = {"concurrency_limit": 0}

NEWS = (
    News(
        "COMPLETED",
        Task("completes", duration=1, output="done"),
        _ended(JobStatus.SUCCEEDED, result='"done"', attempts=1),
    ),
    News(
        "FAILED",
        Task("fails", duration=1, error=TaskError("no way"), retry=None),
        _failed("TASK_ERROR"),
    ),
    News(
        "CANCELED while running",
        Task("canceled", duration=LONG),
        _ended(JobStatus.CANCELED, cancel_outcome="STOPPED"),
        canceled_after=1,
    ),
    News(
        "CANCELED while queued",
        Task("canceled-queued", **_NO_SLOT),
        _ended(JobStatus.CANCELED, cancel_outcome="NEVER_STARTED"),
        canceled_after=1,
    ),
    News(
        "EXPIRED",
        Task("expires", **_NO_SLOT),
        _ended(JobStatus.EXPIRED, failure_kind="EXPIRED"),
        given={"ttl": timedelta(seconds=1)},
    ),
    News("CRASHED", Task("crashes", crash=TaskCrash()), _failed("CRASHED")),
    News(
        "TIMED_OUT",
        Task("times-out", duration=LONG),
        _failed("TIMEOUT"),
        after=6,
        given={"max_duration": timedelta(seconds=5)},
    ),
    News(
        "SYSTEM_FAILURE",
        Task("breaks", crash=TaskCrash("TASK_RUN_HEARTBEAT_TIMEOUT")),
        _failed("PLATFORM"),
    ),
    News(
        "started",
        Task("starts", duration=LONG),
        lambda job: job.status == JobStatus.RUNNING and job.started is not None,
    ),
    News(
        "waiting",
        Task("waits", duration=LONG, waits=(Wait(after=1, seconds=LONG),)),
        lambda job: job.status == JobStatus.WAITING,
    ),
    News(
        "progress",
        Task(
            "progresses", duration=LONG, progress=(Step(after=1, message="half-way"),)
        ),
        lambda job: "half-way" in (job.progress or ""),
    ),
)
