"""Retention: for how long what has ended is kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from jobwire.models.vocabulary import JobStatus


class Prunable(StrEnum):
    """What retention takes: jobs by how they ended, and other things that are over."""

    SUCCEEDED = JobStatus.SUCCEEDED.value
    FAILED = JobStatus.FAILED.value
    CANCELED = JobStatus.CANCELED.value
    EXPIRED = JobStatus.EXPIRED.value
    #: Jobs that were deleted, however they had ended.
    DELETED = "DELETED"
    #: Deliveries that were handled.
    DELIVERIES = "DELIVERIES"
    #: Job schedules that were deleted.
    SCHEDULES = "SCHEDULES"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """For how long; no job goes before its events are older than `events`.

    Attributes:
        events: How long events are there for whoever resumes a stream. A deleted job
            goes behind that, and so does a deleted job schedule.
        succeeded: How long after its end a job is kept; None: for ever. So for the
            others.
        failed: The same of FAILED.
        canceled: The same of CANCELED.
        expired: The same of EXPIRED.
        deliveries: How long posted events are kept once they were handled: as long as
            a sender may repeat them.
    """

    events: timedelta = timedelta(days=7)
    succeeded: timedelta | None = timedelta(days=30)
    failed: timedelta | None = timedelta(days=90)
    canceled: timedelta | None = timedelta(days=30)
    expired: timedelta | None = timedelta(days=30)
    deliveries: timedelta = timedelta(days=30)

    def span(self, what: Prunable) -> timedelta | None:
        """Return for how long something is kept; None: for ever."""
        match what:
            case Prunable.DELIVERIES:
                return self.deliveries
            case Prunable.DELETED | Prunable.SCHEDULES:
                return self.events
        span: timedelta | None = getattr(self, what.lower())
        return None if span is None else max(span, self.events)

    def cutoff(self, what: Prunable, now: datetime) -> datetime | None:
        """Return since when it must be over to be taken; None: it is kept for ever."""
        span = self.span(what)
        return None if span is None else now - span
