"""Interests: what a reader follows, and what an event is to it."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from jobwire.jobs.feed.messages import Changed
from jobwire.jobs.filters import JobFilter, Stand
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
        named: Of changes that were left out, those that filters ask about, as JSON;
            None: they were not.
    """

    id: int
    event: Event
    job: Job
    named: str | None = None

    @property
    def size(self) -> int:
        """About how much memory it takes, in bytes: what a user may make large."""
        return len(self.job.data) + len(self.job.result or "") + len(self.event.changes)

    @property
    def is_behind(self) -> bool:
        """Whether the row is ahead of the event.

        Then what the event does not name may have been any before it: rather is a
        reader told of a job that its list did not have than of none that left it.
        """
        return self.job.version > self.event.version

    def attention(self) -> tuple[Collection[str], Collection[str]]:
        """Return the kinds of attention before the event and after it."""
        now = self.job.attention
        changes = self._changes()
        if "attention" not in changes:
            return tuple(AttentionKind) if self.is_behind else now, now
        was = json.loads(self.event.detail or "{}").get("was")
        return tuple(AttentionKind) if was is None else was, changes["attention"]

    def run_ids(self) -> tuple[Collection[str] | None, Collection[str]]:
        """Return the run before the event, None: any, and after it."""
        now = _one(self.job.trigger_run_id)
        changes = self._changes()
        if "trigger_run_id" not in changes:
            return None if self.is_behind else now, now
        lost = json.loads(self.event.detail or "{}").get("lostRun")
        return _one(lost), _one(changes["trigger_run_id"])

    def _changes(self) -> dict[str, Any]:
        changes: dict[str, Any] = json.loads(self.named or self.event.changes)
        return changes


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
        before, after = self._stands(entry)
        matches = self.filter.matches(job, after)
        if not matches and (before is None or not self.filter.matches(job, before)):
            return None
        return Changed(cursor, event, job, left_filter=is_gone or not matches)

    def _stands(self, entry: Entry) -> tuple[Stand | None, Stand]:
        """Return how the job stood before an event, None: not at all, and after it."""
        # Read from the event only for those that ask: it is JSON, and readers are many.
        asks = self.filter
        attention = ((), ()) if asks.attention is None else entry.attention()
        run_ids = ((), ()) if asks.trigger_run_ids is None else entry.run_ids()
        after = Stand(JobStatus(entry.event.to_status), attention[1], run_ids[1])
        if entry.event.from_status is None:
            return None, after
        before = JobStatus(entry.event.from_status)
        return Stand(before, attention[0], run_ids[0]), after


def _one(run_id: str | None) -> tuple[str, ...]:
    return () if run_id is None else (run_id,)
