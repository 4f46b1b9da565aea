"""Which runs are listed, and how that is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import get_args

from jobwire.triggerdev.errors import InvalidOptionError
from jobwire.triggerdev.fields import EPOCH
from jobwire.triggerdev.json_text import is_unicode
from jobwire.triggerdev.spans import Span, length_of, written
from jobwire.triggerdev.statuses import RunStatus
from jobwire.triggerdev.trigger_options import Machine

MAX_PAGE_SIZE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFilter:
    """Which runs to list: those that fit every member that is given.

    A window of time must be told, by `created_from` or by `period`: without one the
    server looks back only seven days, and does not say so (Trigger.dev 4.5.12, read
    2026-11-23). Values of one member are alternatives; none may hold a comma.

    Attributes:
        created_from: Inclusive, aware.
        created_to: Inclusive, aware; None: now. Only beside `created_from`.
        period: Instead of the two, how far back: a span, or a text such as `30d`.
        tags: Runs that have any of them.
        task_identifiers: Runs of any of these tasks.
        statuses: Runs in any of these. QUEUED, EXECUTING and WAITING do not find all
            the runs that show these words, and FAILED not those that were interrupted.
        versions: Of deployments.
        regions: Where the runs execute.
        queues: As stored: a task's own queue is `task/<its id>`.
        machines: Presets, such as `small-1x`.
        is_test: None: both.
        schedule_id: `sched_…`: runs that this schedule made.
        batch_id: `batch_…`: runs of this batch.
        bulk_action_id: `bulk_…`: runs that this action replayed or canceled.
        error_id: `error_…`: runs that failed with this group of errors.

    Raises:
        InvalidOptionError: A value cannot be asked for, or there is no window.
    """

    created_from: datetime | None = None
    created_to: datetime | None = None
    period: Span | None = None
    tags: Sequence[str] = ()
    task_identifiers: Sequence[str] = ()
    statuses: Sequence[str] = ()
    versions: Sequence[str] = ()
    regions: Sequence[str] = ()
    queues: Sequence[str] = ()
    machines: Sequence[str] = ()
    is_test: bool | None = None
    schedule_id: str | None = None
    batch_id: str | None = None
    bulk_action_id: str | None = None
    error_id: str | None = None

    def __post_init__(self) -> None:
        self._check_window()
        for option in _LISTS:
            _check_texts(option, getattr(self, option))
        for option in ("schedule_id", "batch_id", "bulk_action_id", "error_id"):
            value = getattr(self, option)
            if value is not None:
                _check_texts(option, (value,))
        check_words("statuses", self.statuses, frozenset(RunStatus))
        check_words("machines", self.machines, frozenset(get_args(Machine)))

    def _check_window(self) -> None:
        if (self.created_from is None) == (self.period is None):
            must = (
                "be given, or else period, and not both: without either the server"
                " lists only the last seven days"
            )
            raise InvalidOptionError("created_from", must)
        if self.period is not None:
            if self.created_to is not None:
                must = "be left out beside period, which would override it"
                raise InvalidOptionError("created_to", must)
            length_of("period", self.period)
        check_aware("created_from", self.created_from)
        check_aware("created_to", self.created_to)

    def to_query(self) -> dict[str, str]:
        """Write the query of `GET /api/v1/runs`, without its page."""
        query = {
            "filter[createdAt][from]": self.created_from
            and milliseconds(self.created_from),
            "filter[createdAt][to]": self.created_to
            and milliseconds(self.created_to, round_up=True),
            "filter[createdAt][period]": self.period and written(self.period),
            "filter[tag]": ",".join(self.tags),
            "filter[taskIdentifier]": ",".join(self.task_identifiers),
            "filter[status]": ",".join(self.statuses),
            "filter[version]": ",".join(self.versions),
            "filter[region]": ",".join(self.regions),
            "filter[queue]": ",".join(self.queues),
            "filter[machine]": ",".join(self.machines),
            "filter[isTest]": None if self.is_test is None else _flag(self.is_test),
            "filter[schedule]": self.schedule_id,
            "filter[batch]": self.batch_id,
            "filter[bulkAction]": self.bulk_action_id,
            "filter[error]": self.error_id,
        }
        return {name: value for name, value in query.items() if value}


@dataclass(frozen=True, slots=True)
class ProjectScope:
    """Environments of a project.

    Attributes:
        ref: `proj_…`.
        environments: Slugs, such as `prod` and `dev`; one at least.

    Raises:
        InvalidOptionError: There is none.
    """

    ref: str
    environments: Sequence[str]

    def __post_init__(self) -> None:
        _check_texts("environments", self.environments)
        if not self.environments:
            raise InvalidOptionError("environments", "name at least one")

    def to_query(self) -> dict[str, str]:
        """Write the part of the query that names the environments."""
        return {"filter[env]": ",".join(self.environments)}


_LISTS = (
    "tags",
    "task_identifiers",
    "statuses",
    "versions",
    "regions",
    "queues",
    "machines",
)


def page_query(
    page_size: int, after: str | None = None, before: str | None = None
) -> dict[str, str]:
    """Write which page of a list by cursors is asked for.

    Raises:
        InvalidOptionError: The size is none of 1 to 100, or there are two cursors.
    """
    if not 1 <= page_size <= MAX_PAGE_SIZE:
        must = f"be from 1 to {MAX_PAGE_SIZE}, not {page_size}"
        raise InvalidOptionError("page_size", must)
    if after is not None and before is not None:
        must = "be left out beside before: a page is on one side of a cursor"
        raise InvalidOptionError("after", must)
    query = {"page[size]": str(page_size), "page[after]": after, "page[before]": before}
    return {name: value for name, value in query.items() if value is not None}


def _check_texts(option: str, values: Sequence[str]) -> None:
    if isinstance(values, str):
        raise InvalidOptionError(option, f"be several texts, not one: {values!r}")
    for value in values:
        if not value or "," in value or not is_unicode(value):
            must = f"be texts without commas to be listed by, not {value!r}"
            raise InvalidOptionError(option, must)


def check_words(option: str, values: Sequence[str], known: frozenset[str]) -> None:
    """Pass words that the server knows.

    Raises:
        InvalidOptionError: It does not know one.
    """
    for value in values:
        if value not in known:
            must = f"be of {', '.join(sorted(known))}, not {value!r}"
            raise InvalidOptionError(option, must)


def _flag(value: bool) -> str:  # noqa: FBT001 - the value itself
    return "true" if value else "false"


def check_aware(option: str, instant: datetime | None) -> None:
    """Pass an instant that is one everywhere.

    Raises:
        InvalidOptionError: It has no time zone.
    """
    if instant is not None and instant.tzinfo is None:
        must = f"have a time zone, not {instant.isoformat()}"
        raise InvalidOptionError(option, must)


def milliseconds(instant: datetime, *, round_up: bool = False) -> str:
    """Write an instant as milliseconds since 1970, rounded down unless told."""
    whole, rest = divmod(instant - EPOCH, timedelta(milliseconds=1))
    return str(whole + (round_up and rest > timedelta()))
