"""Courses: the steps that a job can take, wherever it runs."""

from random import Random

from jobwire.jobs.queue import DEFAULT_QUEUE
from jobwire.jobs.retry_config import RetryConfig
from jobwire.jobs.seeding.history import NULL, History, Values, text
from jobwire.models.vocabulary import (
    CancelMode,
    CancelOutcome,
    DispatchState,
    EventKind,
    Executor,
    FailureKind,
    JobStatus,
    SignalSource,
)

SECOND = 1000
MINUTE = 60 * SECOND
DAY = 24 * 60 * MINUTE

_USER = text("%(user)s")

_NAMES = {
    FailureKind.TASK_ERROR: "ConnectionError",
    FailureKind.TIMEOUT: "TimeoutError",
    FailureKind.OUT_OF_MEMORY: "MemoryError",
}


def _failure(kind: FailureKind, name: str, message: str) -> str:
    return (
        f'{{"kind":"{kind.value}","name":{name},"message":"{message}",'
        '"code":null,"stack":null}'
    )


#: Why attempts fail: the kind as JSON, and the whole failure.
FAILURES = [
    (text(kind.value), _failure(kind, text(name), "It did not work this time."))
    for kind, name in _NAMES.items()
]
_EXPIRED = _failure(
    FailureKind.EXPIRED, NULL, "Its time-to-live passed before it could start."
)
#: What the first event of every job tells that is the same for all.
_CREATED = {
    "status": text(JobStatus.QUEUED.value),
    "retry_config": RetryConfig().to_json(),
    "priority": "0",
    "queue": text(DEFAULT_QUEUE),
    "attempts": "0",
    "metadata": "{}",
    "attention": "[]",
    "dispatch_state": text(DispatchState.NONE.value),
    "dispatch_number": "0",
    "secret_data": "false",
    "secret_result": "false",
}


class Course:
    """A job on its way; each step writes what happens to it next.

    Args:
        random: Decides what is left open.
        type: The name of its code.
    """

    executor = Executor.INTERNAL

    def __init__(self, random: Random, type: str) -> None:
        self._random = random
        #: How long after its acceptance it is, in milliseconds.
        self._after = 0
        columns = 1 + random.randrange(40)
        data = f'{{"path":"s3://uploads/%(id)s.csv","columns":{columns}}}'
        self.history = History({"data": data, "public_id": text("%(public_id)s")})
        accepted = self._now
        self._created = {
            "id": text("%(id)s"),
            "tag": text("%(tag)s"),
            "type": text(type),
            "user_id": _USER,
            "executor": text(self.executor.value),
            **_CREATED,
            "run_at": accepted,
            "next_attempt_at": accepted,
            "created_at": accepted,
        }

    @property
    def _now(self) -> str:
        return self._in(0)

    def _in(self, milliseconds: int) -> str:
        """Return what time it is in so many milliseconds."""
        return self.history.moment(self._after + milliseconds)

    def _pass(self, milliseconds: int) -> None:
        self._after += milliseconds

    def _some(self, most: int) -> int:
        """Return a number of milliseconds, often much less than the most."""
        # An even one: the sum with the odd one of an instant is odd.
        return 2 + 2 * int(most / 2 * self._random.random() ** 3)

    def _pass_some(self, most: int) -> None:
        self._pass(self._some(most))

    def _tell(
        self,
        kind: EventKind,
        source: SignalSource,
        actor: str,
        changes: Values,
        **hidden: str,
    ) -> None:
        self.history.tell(kind, self._now, source, actor, changes, **hidden)

    def accept(self) -> None:
        """→ QUEUED."""
        self._tell(EventKind.CREATED, SignalSource.API, _USER, self._created)

    def accept_for_a_while(self) -> None:
        """→ QUEUED, for ten minutes at most."""
        self._created["expires_at"] = self._in(10 * MINUTE)
        self.accept()

    def accept_for_later(self) -> None:
        """→ SCHEDULED, minutes ahead; then these are over."""
        ahead = self._some(20 * MINUTE)
        self._schedule(self._in(ahead))
        self._pass(ahead)

    def accept_for_another_season(self) -> None:
        """→ SCHEDULED, half a year ahead."""
        self._schedule(self._in(180 * DAY))

    def _schedule(self, due: str) -> None:
        self._created |= {
            "status": text(JobStatus.SCHEDULED.value),
            "run_at": due,
            "next_attempt_at": due,
        }
        self.accept()

    def promote(self) -> None:
        """SCHEDULED or RETRYING → QUEUED."""
        self._pass_some(SECOND)
        changes = {"status": text(JobStatus.QUEUED.value)}
        self._tell(EventKind.QUEUED, SignalSource.WORKER, NULL, changes)

    def cancel(self) -> None:
        """QUEUED → CANCELED, before it has started."""
        self._pass_some(MINUTE)
        changes = {
            "status": text(JobStatus.CANCELED.value),
            "finished": self._now,
            "next_attempt_at": NULL,
            "cancel_requested_at": self._now,
            "cancel_requested_by": _USER,
            "cancel_mode": text(CancelMode.GRACEFUL.value),
            "cancel_outcome": text(CancelOutcome.NEVER_STARTED.value),
            "cancel_confirmed_at": self._now,
        }
        self._tell(EventKind.CANCELED, SignalSource.API, _USER, changes)

    def expire(self) -> None:
        """QUEUED → EXPIRED, when its ten minutes are over."""
        self._pass(10 * MINUTE)
        self._pass_some(SECOND)
        changes = {
            "status": text(JobStatus.EXPIRED.value),
            "finished": self._now,
            "success": "false",
            "failure_kind": text(FailureKind.EXPIRED.value),
            "result": f'{{"error":{_EXPIRED}}}',
            "next_attempt_at": NULL,
        }
        self._tell(EventKind.EXPIRED, SignalSource.WORKER, NULL, changes)

    def request_cancel(self) -> None:
        """Ask that its running code stops."""
        self._pass_some(MINUTE)
        changes = {
            "cancel_requested_at": self._now,
            "cancel_requested_by": _USER,
            "cancel_mode": text(CancelMode.GRACEFUL.value),
            "cancel_outcome": text(CancelOutcome.PENDING.value),
            "cancel_grace_until": self._in(MINUTE),
        }
        self._tell(EventKind.CANCEL_REQUESTED, SignalSource.API, _USER, changes)

    def _ended(self, status: JobStatus) -> dict[str, str]:
        """Let time pass to the end of running code; return what every end sets."""
        self._pass_some(5 * MINUTE)
        return {"status": text(status.value), "finished": self._now}

    def _succeeded(self) -> dict[str, str]:
        rows = self._random.randrange(100_000)
        return {
            **self._ended(JobStatus.SUCCEEDED),
            "success": "true",
            "result": f'{{"rows":{rows}}}',
        }

    def _failed(self, kind: str, failure: str) -> dict[str, str]:
        return {
            **self._ended(JobStatus.FAILED),
            "success": "false",
            "result": f'{{"error":{failure}}}',
            "failure_kind": kind,
        }

    def _stopped(self) -> dict[str, str]:
        return {
            **self._ended(JobStatus.CANCELED),
            "cancel_outcome": text(CancelOutcome.STOPPED.value),
            "cancel_confirmed_at": self._now,
        }
