"""A job schedule as it was read."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from jobwire.jobs.cron.expression import read_expression
from jobwire.jobs.cron.time_zone import zone_of
from jobwire.jobs.cron.trigger_rules import trigger_ticks_after
from jobwire.jobs.errors import InvalidInputError
from jobwire.jobs.identifiers import schedule_id_text
from jobwire.jobs.job import Row
from jobwire.models.vocabulary import ScheduleOwner


@dataclass(frozen=True)
class Clockwork(Row):
    """What of a job schedule its ticks depend on."""

    id: UUID
    type: str
    executor: str
    owner: str
    cron: str
    timezone: str
    retry_config: str | None
    overlap_policy: str
    misfire_policy: str
    misfire_window: timedelta
    is_paused: bool
    is_waiting: bool
    next_tick_at: datetime | None
    last_tick_at: datetime | None
    trigger_task_id: str | None

    @property
    def is_fired_by_trigger_dev(self) -> bool:
        """Whether Trigger.dev's clock fires it, not ours."""
        return self.owner == ScheduleOwner.TRIGGER_DEV

    @property
    def retry_overrides(self) -> dict[str, Any] | None:
        """What differs from the type's retry configuration; None: nothing."""
        return None if self.retry_config is None else json.loads(self.retry_config)

    def check(self) -> None:
        """Refuse a cron, or a time zone, that could be read once and cannot be now.

        Raises:
            InvalidInputError: The message names it.
        """
        read_expression(self.cron)
        zone_of(self.timezone)

    def ticks_after(self, instant: datetime) -> Iterator[datetime]:
        """Iterate over its ticks after an instant, by the clock that fires it.

        One that `check` refuses has none.
        """
        try:
            self.check()
        except InvalidInputError:
            return iter(())
        expression = read_expression(self.cron)
        if self.is_fired_by_trigger_dev:
            return trigger_ticks_after(expression, self.timezone, instant)
        return expression.ticks_after(self.timezone, instant)

    def tick_after(self, instant: datetime) -> datetime | None:
        """Return its first tick after an instant; None: it never fires again."""
        if self.is_fired_by_trigger_dev:
            return next(self.ticks_after(instant), None)
        try:
            return read_expression(self.cron).next_after(self.timezone, instant)
        except InvalidInputError:
            return None


@dataclass(frozen=True)
class JobSchedule(Clockwork):
    """A row of `job_schedules`; see `jobwire.models.JobSchedule` for each column."""

    long_json: ClassVar[Mapping[str, str]] = {"data": "true"}

    version: int
    key: str
    tag: str
    user_id: str
    data: str
    last_skipped_at: datetime | None
    last_skip_reason: str | None
    last_skip_message: str | None
    trigger_schedule_id: str | None
    trigger_environment: str | None
    sync_state: str | None
    sync_error: str | None
    sync_failures: int
    secret_data: bool
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None

    @property
    def description(self) -> str:
        """What its cron says, in English, or why nobody can read it."""
        try:
            return read_expression(self.cron).description
        except InvalidInputError as refusal:
            return refusal.message

    @property
    def is_handed_back(self) -> bool:
        """Whether our clock is to fire it once Trigger.dev's own schedule is gone."""
        return not self.is_fired_by_trigger_dev and self.sync_state is not None

    @property
    def public_id(self) -> str:
        """The id in the API, `sch_…`."""
        return schedule_id_text(self.id)


CLOCKWORK_COLUMNS = Clockwork.columns()
SCHEDULE_COLUMNS = JobSchedule.columns()
