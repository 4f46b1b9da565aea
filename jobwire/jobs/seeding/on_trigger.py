"""Courses of jobs that run on Trigger.dev."""

from random import Random

from jobwire.jobs.queue import task_queue
from jobwire.jobs.seeding.course import FAILURES, MINUTE, SECOND, Course
from jobwire.jobs.seeding.history import NULL, Values, text
from jobwire.models.vocabulary import (
    AttemptStatus,
    DispatchState,
    EventKind,
    Executor,
    JobStatus,
    SignalSource,
)

#: Where the runs are: no Trigger.dev, so that nobody asks after them.
ENVIRONMENT = text("https://seed.invalid#seed")
_RUN = text("run_%(run)s")


class CourseOnTrigger(Course):
    """A TRIGGER job on its way, with one attempt of one run."""

    executor = Executor.TRIGGER

    def __init__(self, random: Random, type: str) -> None:
        super().__init__(random, type)
        self._created |= {
            "queue": text(task_queue(type)),
            "trigger_task_id": text(type),
        }

    def _hear(self, kind: EventKind, word: str, changes: Values) -> None:
        self._tell(
            kind,
            SignalSource.REALTIME,
            NULL,
            changes,
            trigger_status=text(word),
            trigger_observed_at=self._now,
        )

    def dispatch(self) -> None:
        """Hand it over: its run is known."""
        self._pass_some(2 * SECOND)
        sending = {
            "dispatch_state": text(DispatchState.SENDING.value),
            "dispatch_number": "1",
            "dispatched_at": self._now,
            "trigger_environment": ENVIRONMENT,
        }
        self._tell(EventKind.DISPATCHED, SignalSource.DISPATCH, NULL, sending)
        self._pass_some(SECOND)
        linked = {
            "dispatch_state": text(DispatchState.LINKED.value),
            "trigger_run_id": _RUN,
        }
        self._tell(EventKind.DISPATCHED, SignalSource.DISPATCH, NULL, linked)

    def start(self) -> None:
        """QUEUED → RUNNING."""
        self._pass_some(30 * SECOND)
        changes = {
            "status": text(JobStatus.RUNNING.value),
            "attempts": "1",
            "started": self._now,
            "next_attempt_at": NULL,
        }
        self._hear(EventKind.STARTED, "EXECUTING", changes)
        self.history.start_attempt(trigger_run_id=_RUN, started_at=self._now)

    def wait(self) -> None:
        """RUNNING → WAITING."""
        self._pass_some(MINUTE)
        changes = {"status": text(JobStatus.WAITING.value)}
        self._hear(EventKind.WAITING, "WAITING", changes)

    def resume(self) -> None:
        """WAITING → RUNNING."""
        self._pass_some(10 * MINUTE)
        changes = {"status": text(JobStatus.RUNNING.value)}
        self._hear(EventKind.RESUMED, "EXECUTING", changes)

    def succeed(self) -> None:
        """RUNNING → SUCCEEDED."""
        self._hear(EventKind.SUCCEEDED, "COMPLETED", self._succeeded())
        self.history.end_attempt(AttemptStatus.SUCCEEDED, self._now)

    def fail(self) -> None:
        """RUNNING → FAILED."""
        kind, failure = self._random.choice(FAILURES)
        self._hear(EventKind.FAILED, "FAILED", self._failed(kind, failure))
        self.history.end_attempt(
            AttemptStatus.FAILED, self._now, failure_kind=kind, failure=failure
        )

    def stop(self) -> None:
        """RUNNING → CANCELED, on request."""
        self._hear(EventKind.CANCELED, "CANCELED", self._stopped())
        self.history.end_attempt(AttemptStatus.CANCELED, self._now)
