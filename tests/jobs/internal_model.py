"""What internal jobs do, written down from the words of docs/lifecycle.md alone.

It shares no code and no statement with what it is compared with.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

LEASE = timedelta(seconds=10)
ENDED = {"SUCCEEDED", "FAILED", "CANCELED", "EXPIRED"}


@dataclass
class ModelJob:
    """One job.

    `asked` is the time it was asked to run at, `hold` the number of the claim that may
    write of it.
    """

    status: str
    due: datetime | None
    asked: datetime
    expires: datetime | None
    max_attempts: int
    version: int = 1
    hold: int | None = None
    leased_until: datetime | None = None
    has_started: bool = False
    finished: datetime | None = None
    failure: str | None = None
    cancel: str | None = None
    is_told: bool = False
    progress: float | None = None
    attempts: list[str] = field(default_factory=list)

    def claim(self, now: datetime, hold: int) -> bool:
        """A worker leases it, unless it came too late for its first start."""
        if self.status != "QUEUED" or self._is_too_old(now):
            return False
        self._move("RUNNING")
        self.due, self.hold, self.leased_until = None, hold, now + LEASE
        self.has_started = True
        self.attempts.append("RUNNING")
        return True

    def promote(self, now: datetime) -> None:
        """It is due."""
        if self.status in {"SCHEDULED", "RETRYING"} and self.due and self.due <= now:
            self._move("QUEUED")

    def expire(self, now: datetime) -> None:
        """Its time-to-live passed before it started."""
        if self.status in {"SCHEDULED", "QUEUED"} and self._is_too_old(now):
            self._end("EXPIRED", now, failure="EXPIRED")

    def reschedule(self, now: datetime, due: datetime) -> bool:
        """Somebody gives it another time; whether it can be given one still."""
        if self.status not in {"SCHEDULED", "QUEUED"} or self.has_started:
            return False
        if self.expires is not None:
            self.expires = due + (self.expires - self.asked)
        self._move("QUEUED" if due <= now else "SCHEDULED")
        self.due = self.asked = due
        return True

    def beat(self, hold: int, now: datetime) -> bool | None:
        """Its worker lives: whether a cancel is pending; None: it holds it no more."""
        if hold != self.hold:
            return None
        self.leased_until = now + LEASE
        return self.cancel == "PENDING"

    def report(self, hold: int, fraction: float) -> None:
        """Its code says how far it is."""
        if hold == self.hold:
            self.progress = fraction
            self.version += 1

    def tell(self, hold: int) -> None:
        """Its code was told to stop."""
        if hold == self.hold and self.cancel == "PENDING" and not self.is_told:
            self.is_told = True
            self.version += 1

    def cancel_it(self, now: datetime) -> None:
        """Somebody asks that it ends: at once if no code runs, else a wish."""
        if self.status in ENDED or self.cancel == "PENDING":
            return
        if self.status == "RUNNING":
            self.cancel = "PENDING"
            self.version += 1
        else:
            outcome = "STOPPED" if self.has_started else "NEVER_STARTED"
            self._end("CANCELED", now, cancel=outcome)

    def finish(self, hold: int, how: str, now: datetime, again: datetime) -> bool:
        """Its worker says how the attempt ended; whether that is believed."""
        if hold != self.hold:
            return False
        if how in {"SUCCEEDED", "FAILED"}:
            self.attempts[-1] = how
            outcome = "FINISHED_FIRST" if self.cancel else None
            failure = "TASK_ERROR" if how == "FAILED" else None
            self._end(how, now, failure=failure, cancel=outcome)
        elif self.cancel == "PENDING":
            self.attempts[-1] = "FAILED" if how == "RETRY" else "CANCELED"
            self._end("CANCELED", now, cancel="STOPPED")
        elif how == "RETRY":
            self.attempts[-1] = "FAILED"
            self._move("RETRYING")
            self.due = again
        else:
            self.attempts.pop()
            self._move("QUEUED")
            self.due = now
        return True

    def rescue(self, now: datetime) -> None:
        """Its worker gave no sign of life until the lease ran out."""
        if self.leased_until is None or self.leased_until >= now:
            return
        self.attempts[-1] = "LOST"
        if self.cancel == "PENDING":
            self._end("CANCELED", now, cancel="STOPPED")
        elif len(self.attempts) >= self.max_attempts:
            self._end("FAILED", now, failure="CRASHED")
        else:
            self._move("QUEUED")
            self.due = now

    @property
    def success(self) -> bool | None:
        """True, false, or null while open and for CANCELED."""
        return {"SUCCEEDED": True, "FAILED": False, "EXPIRED": False}.get(self.status)

    def _is_too_old(self, now: datetime) -> bool:
        return not self.has_started and self.expires is not None and self.expires <= now

    def _move(self, status: str) -> None:
        self.status = status
        self.version += 1
        self.hold = self.leased_until = None

    def _end(
        self,
        status: str,
        now: datetime,
        *,
        failure: str | None = None,
        cancel: str | None = None,
    ) -> None:
        self._move(status)
        self.finished, self.due, self.failure = now, None, failure
        self.cancel = cancel or self.cancel
