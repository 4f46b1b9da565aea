"""Schedules, and what they are made with."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobwire.triggerdev.cron import check_cron
from jobwire.triggerdev.errors import InvalidOptionError, MalformedResponseError
from jobwire.triggerdev.fields import Fields
from jobwire.triggerdev.spans import length_of
from jobwire.triggerdev.time_zones import check_time_zone

_PERCENT = re.compile(r"([0-9]{1,3})%")
_DAY_SECONDS = 86_400
_WHOLE = 100


@dataclass(frozen=True, slots=True)
class ScheduleEnvironment:
    """An environment that a schedule fires in.

    Attributes:
        type: The server's word, such as DEVELOPMENT or PRODUCTION.
    """

    id: str
    type: str
    user_name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A schedule.

    Attributes:
        id: `sched_…`.
        type: IMPERATIVE, or DECLARATIVE when the code of the task declares it; such a
            one can be changed only there.
        task_identifier: Of the task that it triggers.
        is_active: Whether it fires.
        cron: Its expression.
        description: The same in English.
        window: Over how long runs are spread, such as `30m` or `50%`; None: not told.
        next_run: The next nominal time; None: it is not active.
        next_run_effective_at: That time, with the spread of this schedule added.
    """

    id: str
    type: str
    task_identifier: str
    is_active: bool
    cron: str
    description: str | None
    timezone: str
    external_id: str | None
    deduplication_key: str | None
    window: str | None
    next_run: datetime | None
    next_run_effective_at: datetime | None
    environments: tuple[ScheduleEnvironment, ...]


@dataclass(frozen=True, slots=True)
class SchedulePage:
    """A page of schedules.

    Attributes:
        page: Its number, from 1.
        pages: How many there are.
        count: How many schedules there are in all.
    """

    schedules: tuple[Schedule, ...]
    page: int
    pages: int
    count: int


def schedule_body(
    *,
    task_id: str,
    cron: str,
    timezone: str,
    external_id: str | None,
    window: str | None,
    deduplication_key: str | None = None,
) -> dict[str, Any]:
    """Write the request that makes or changes a schedule.

    Raises:
        InvalidOptionError: The server would refuse it, or fail over it.
    """
    if not task_id:
        raise InvalidOptionError("task_id", "not be empty")
    check_cron("cron", cron)
    check_time_zone("timezone", timezone)
    if deduplication_key == "":
        must = "not be empty: the server would choose a random one"
        raise InvalidOptionError("deduplication_key", must)
    if window is not None:
        _check_window(window)
    body = {
        "task": task_id,
        "cron": cron,
        "timezone": timezone,
        "externalId": external_id,
        "window": window,
        "deduplicationKey": deduplication_key,
    }
    return {name: value for name, value in body.items() if value is not None}


def read_schedule(body: object) -> Schedule:
    """Read a schedule.

    Raises:
        MalformedResponseError: It has another shape.
    """
    return _schedule(Fields(body, "the schedule", refuse=MalformedResponseError))


def read_schedule_page(body: object) -> SchedulePage:
    """Read the answer of listing schedules.

    Raises:
        MalformedResponseError: It has another shape.
    """
    fields = Fields(body, "the list of schedules", refuse=MalformedResponseError)
    pagination = fields.object("pagination")
    return SchedulePage(
        tuple(map(_schedule, fields.objects("data"))),
        pagination.count("currentPage"),
        pagination.count("totalPages"),
        pagination.count("count"),
    )


def _schedule(fields: Fields) -> Schedule:
    generator = fields.object("generator")
    return Schedule(
        id=fields.text("id"),
        type=fields.text("type"),
        task_identifier=fields.text("task"),
        is_active=fields.flag("active"),
        cron=generator.text("expression"),
        description=generator.optional_text("description"),
        timezone=fields.text("timezone"),
        external_id=fields.optional_text("externalId"),
        deduplication_key=fields.optional_text("deduplicationKey"),
        window=fields.optional_text("window"),
        next_run=fields.optional_time("nextRun"),
        next_run_effective_at=fields.optional_time("nextRunEffectiveAt"),
        environments=tuple(
            ScheduleEnvironment(
                one.text("id"), one.text("type"), one.optional_text("userName")
            )
            for one in fields.optional_objects("environments")
        ),
    )


def _check_window(window: str) -> None:
    percent = _PERCENT.fullmatch(window)
    if percent is not None:
        if not 1 <= int(percent[1]) <= _WHOLE:
            raise InvalidOptionError("window", f"be 1% to 100%, not {window}")
        return
    if length_of("window", window).total_seconds() > _DAY_SECONDS:
        raise InvalidOptionError("window", f"be at most 24 hours, not {window}")
