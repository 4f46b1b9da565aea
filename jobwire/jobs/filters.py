"""Which jobs: one filter, asked of rows in SQL and of events in memory."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from jobwire.jobs.errors import ForbiddenError, InvalidInputError
from jobwire.jobs.job import Job
from jobwire.jobs.lifecycle import TERMINAL
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.models.vocabulary import AttentionKind, Executor, JobStatus

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

#: The most alternatives that one member may list.
MAX_ALTERNATIVES = 100

#: What callers call the members whose name differs.
_PATHS = {
    "user_ids": "userIds",
    "schedule_ids": "scheduleIds",
    "trigger_run_ids": "triggerRunIds",
}


def limit_alternatives(filter: "DataclassInstance") -> None:
    """Refuse a filter of which a member lists too many alternatives.

    Raises:
        InvalidInputError: One does.
    """
    names, values_of = _members(type(filter))
    for name, value in zip(names, values_of(filter), strict=True):
        if isinstance(value, tuple) and len(value) > MAX_ALTERNATIVES:
            raise InvalidInputError(
                f"A filter may list at most {MAX_ALTERNATIVES} alternatives, not"
                f" {len(value)}.",
                path=("filter", _PATHS.get(name, name)),
            )


@cache
def _members(
    kind: type["DataclassInstance"],
) -> tuple[tuple[str, ...], Callable[["DataclassInstance"], Iterable[Any]]]:
    """Return the names of the members, and what reads all of them."""
    names = tuple(field.name for field in fields(kind))
    return names, attrgetter(*names)


def users_within(
    viewer: Viewer, user_ids: tuple[str, ...] | None
) -> tuple[str, ...] | None:
    """Return which of the users asked for are behind the viewer's wall; None: all.

    Raises:
        ForbiddenError: Others are named, and the viewer is no admin.
    """
    if viewer.is_admin:
        return user_ids
    if user_ids is not None and set(user_ids) - {viewer.user_id}:
        raise ForbiddenError(
            Scope.ADMIN.value,
            reason="Only an admin may see the jobs of other users.",
            path=("filter", "userIds"),
        )
    return () if user_ids == () else (viewer.user_id,)


def _ids_within(
    viewer: Viewer, ids: tuple[UUID, ...] | None
) -> tuple[UUID, ...] | None:
    """Return which of the jobs asked for the viewer may see by their id; None: all."""
    if viewer.job_id is None:
        return ids
    return (viewer.job_id,) if ids is None or viewer.job_id in ids else ()


@dataclass(frozen=True, slots=True)
class Stand:
    """What of a job changes while it lives, as far as a filter asks about it.

    Attributes:
        status: Its status.
        attention: The kinds of attention that its row names, or may have named.
        run_ids: Its run on Trigger.dev, if it has one; None: it may be any.
    """

    status: JobStatus
    attention: Collection[str] = ()
    run_ids: Collection[str] | None = ()


@dataclass(frozen=True, slots=True)
class JobFilter:
    """A selection of jobs: all given members must match.

    A member that is None is not asked about; the members of a tuple are alternatives,
    and an empty tuple matches nothing.

    Attributes:
        ids: The jobs themselves.
        statuses: Where they stand.
        types: The names of their code.
        tags: What they are about.
        user_ids: Whose they are.
        schedule_ids: Which job schedules made them.
        trigger_run_ids: Their runs on Trigger.dev.
        executors: Where they run; it narrows, and no index serves it alone.
        attention: Why they need attention; it matches open jobs only.
        created_from: Not created before this instant.
        created_until: Created before this instant.
    """

    ids: tuple[UUID, ...] | None = None
    statuses: tuple[JobStatus, ...] | None = None
    types: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None
    user_ids: tuple[str, ...] | None = None
    schedule_ids: tuple[UUID, ...] | None = None
    trigger_run_ids: tuple[str, ...] | None = None
    executors: tuple[Executor, ...] | None = None
    attention: tuple[AttentionKind, ...] | None = None
    created_from: datetime | None = None
    created_until: datetime | None = None

    def __post_init__(self) -> None:
        limit_alternatives(self)

    def ended(self, *, is_terminal: bool | None) -> Self:
        """Return this filter narrowed to jobs that have ended, or that have not."""
        if is_terminal is None:
            return self
        asked = tuple(JobStatus) if self.statuses is None else self.statuses
        kept = tuple(one for one in asked if (one in TERMINAL) is is_terminal)
        return replace(self, statuses=kept)

    def within(self, viewer: Viewer) -> Self:
        """Return this filter behind the viewer's wall.

        Raises:
            ForbiddenError: It names other users, and the viewer is no admin.
        """
        user_ids = users_within(viewer, self.user_ids)
        ids = _ids_within(viewer, self.ids)
        if user_ids is self.user_ids and ids is self.ids:
            return self
        return replace(self, user_ids=user_ids, ids=ids)

    def matches(self, job: Job, stand: Stand) -> bool:
        """Whether a job would be selected if it stood otherwise than it does.

        The tag of a deleted job is not known any more, and may have been any: rather
        is a reader told of a job that its list did not have than of none that left it.

        Args:
            job: The job.
            stand: How it stands instead.
        """
        status, attention, run_ids = stand.status, stand.attention, stand.run_ids
        return (
            (self.ids is None or job.id in self.ids)
            and (self.statuses is None or status in self.statuses)
            and (self.types is None or job.type in self.types)
            and (
                self.tags is None or job.tag in self.tags or job.deleted_at is not None
            )
            and (self.user_ids is None or job.user_id in self.user_ids)
            and (self.schedule_ids is None or job.schedule_id in self.schedule_ids)
            and (
                self.trigger_run_ids is None
                or run_ids is None
                or any(run_id in run_ids for run_id in self.trigger_run_ids)
            )
            and (self.executors is None or job.executor in self.executors)
            and (
                self.attention is None
                or (
                    status not in TERMINAL
                    and any(kind in attention for kind in self.attention)
                )
            )
            and (self.created_from is None or job.created_at >= self.created_from)
            and (self.created_until is None or job.created_at < self.created_until)
        )
