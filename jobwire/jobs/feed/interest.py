"""Interests: what a reader follows, and what an event is to it."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from jobwire.jobs.feed.messages import Changed
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.job import Event, Job
from jobwire.models.vocabulary import AttentionKind, JobStatus

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

    def attention(self) -> tuple[Collection[str], Collection[str]]:
        """Return the kinds of attention before the event and after it.

        The row may be ahead of an event that does not name them. Then what the job had
        before is not known, and may be any: rather is a reader told of a job that its
        list did not have than of none that left it.
        """
        changes = json.loads(self.event.changes)
        if "attention" not in changes:
            is_ahead = self.job.version > self.event.version
            return tuple(AttentionKind) if is_ahead else self.job.attention, (
                self.job.attention
            )
        was = json.loads(self.event.detail or "{}").get("was")
        return tuple(AttentionKind) if was is None else was, changes["attention"]


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
        # It has left every list for good, as what came before is told of it, too.
        is_gone = job.deleted_at is not None
        if self.filter is ALL:
            is_listed = self.job_id is None
            return Changed(cursor, event, job, left_filter=is_listed and is_gone)
        # Read from the event only for those that ask: it is JSON, and readers are many.
        before, after = ((), ()) if self.filter.attention is None else entry.attention()
        matches = self.filter.matches(job, JobStatus(event.to_status), after)
        if not matches and (
            event.from_status is None
            or not self.filter.matches(job, JobStatus(event.from_status), before)
        ):
            return None
        return Changed(cursor, event, job, left_filter=is_gone or not matches)
