"""Courses of jobs that our workers run."""

from random import Random

from jobwire.jobs.seeding.course import FAILURES, MINUTE, SECOND, Course
from jobwire.jobs.seeding.history import NULL, Values, text
from jobwire.models.vocabulary import (
    AttemptStatus,
    EventKind,
    JobStatus,
    SignalSource,
)

_WORKERS = [text(f"worker-{number}") for number in range(1, 9)]
_LEASE = 10 * SECOND
_NO_LEASE = {"leased_by": NULL, "leased_until": NULL}


class CourseOnWorkers(Course):
    """An INTERNAL job on its way."""

    def __init__(self, random: Random, type: str) -> None:
        super().__init__(random, type)
        self._tries = 0
        self._started = NULL
        self._worker = NULL

    def _say(self, kind: EventKind, changes: Values, **hidden: str) -> None:
        self._tell(kind, SignalSource.WORKER, self._worker, changes, **hidden)

    def start(self) -> None:
        """QUEUED → RUNNING."""
        self._pass_some(30 * SECOND)
        self._tries += 1
        number = str(self._tries)
        self._worker = self._random.choice(_WORKERS)
        if self._tries == 1:
            self._started = self._now
        changes = {
            "status": text(JobStatus.RUNNING.value),
            "attempts": number,
            "started": self._started,
            "next_attempt_at": NULL,
        }
        self._say(
            EventKind.STARTED,
            changes,
            fence=number,
            leased_by=self._worker,
            leased_until=self._in(_LEASE),
        )
        self.history.start_attempt(
            fence=number, worker_id=self._worker, started_at=self._now
        )

    def back_off(self) -> None:
        """RUNNING → RETRYING."""
        self._pass_some(MINUTE)
        kind, failure = self._random.choice(FAILURES)
        retry_at = self._in(2 * SECOND)
        changes = {
            "status": text(JobStatus.RETRYING.value),
            "next_attempt_at": retry_at,
        }
        self._say(EventKind.ATTEMPT_FAILED, changes, **_NO_LEASE)
        self.history.end_attempt(
            AttemptStatus.FAILED,
            self._now,
            failure_kind=kind,
            failure=failure,
            retry_at=retry_at,
        )
        self._pass(2 * SECOND)

    def succeed(self) -> None:
        """RUNNING → SUCCEEDED."""
        self._say(EventKind.SUCCEEDED, self._succeeded(), **_NO_LEASE)
        self.history.end_attempt(AttemptStatus.SUCCEEDED, self._now)

    def fail(self) -> None:
        """RUNNING → FAILED."""
        kind, failure = self._random.choice(FAILURES)
        self._say(EventKind.FAILED, self._failed(kind, failure), **_NO_LEASE)
        self.history.end_attempt(
            AttemptStatus.FAILED, self._now, failure_kind=kind, failure=failure
        )

    def stop(self) -> None:
        """RUNNING → CANCELED, on request."""
        self._say(EventKind.CANCELED, self._stopped(), **_NO_LEASE)
        self.history.end_attempt(AttemptStatus.CANCELED, self._now)
