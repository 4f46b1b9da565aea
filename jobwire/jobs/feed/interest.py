"""Interests: what a reader follows, and what an event is to it."""

from dataclasses import dataclass
from uuid import UUID

from jobwire.jobs.feed.messages import Changed
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.job import Event, Job
from jobwire.models.vocabulary import JobStatus

#: Every job.
ALL = JobFilter()


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as the log gives it.

    Attributes:
        id: Its place within a read.
        event: The event.
        job: The job as it was read with it; its version may be ahead of the event's.
    """

    id: int
    event: Event
    job: Job

    @property
    def size(self) -> int:
        """About how much memory it takes, in bytes: what a user may make large."""
        return len(self.job.data) + len(self.job.result or "") + len(self.event.changes)


@dataclass(frozen=True, slots=True)
class Interest:
    """What a reader follows.

    Attributes:
        job_id: Only this job; None: any.
        user_id: Only this user's jobs, the wall; None: everybody's.
        filter: Only jobs that match it.
    """

    job_id: UUID | None = None
    user_id: str | None = None
    filter: JobFilter = ALL

    def change(self, entry: Entry, cursor: str) -> Changed | None:
        """Return the change that an event is to this reader; None: none.

        Args:
            entry: The event.
            cursor: Where a reader stands that was given it.
        """
        event, job = entry.event, entry.job
        if self.job_id not in (None, job.id) or self.user_id not in (None, job.user_id):
            return None
        if self.filter is ALL:
            return Changed(cursor, event, job)
        matches = self.filter.matches(job, JobStatus(event.to_status))
        if not matches and (
            event.from_status is None
            or not self.filter.matches(job, JobStatus(event.from_status))
        ):
            return None
        return Changed(cursor, event, job, left_filter=not matches)
