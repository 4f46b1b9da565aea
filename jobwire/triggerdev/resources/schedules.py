"""Schedules: cron on Trigger.dev's side."""

from collections.abc import AsyncIterator, Sequence

from jobwire.triggerdev.answers import answer_fields
from jobwire.triggerdev.json_text import encode
from jobwire.triggerdev.listing import MAX_PAGE_SIZE
from jobwire.triggerdev.page_numbers import follow_numbers, numbered_page
from jobwire.triggerdev.paths import segment
from jobwire.triggerdev.schedules import (
    Schedule,
    SchedulePage,
    read_schedule,
    read_schedule_page,
    schedule_body,
)
from jobwire.triggerdev.sending import Sender

_PATH = "/api/v1/schedules"
_UTC = "UTC"


class Schedules:
    """`client.schedules`: makes tasks run by the calendar.

    Only tasks that are declared as scheduled can be. Where an id is wanted, the
    deduplication key of the schedule will do as well.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def create(
        self,
        *,
        task_id: str,
        cron: str,
        deduplication_key: str,
        timezone: str = _UTC,
        external_id: str | None = None,
        window: str | None = None,
    ) -> Schedule:
        """Make a schedule, or change the one that has the deduplication key.

        The key is unique in the project, not in the environment: a schedule of
        another environment moves to this one. Put the environment into the key.

        Args:
            task_id: Of a scheduled task.
            cron: Five fields, or an alias such as `@daily`.
            deduplication_key: Of your own, not empty.
            timezone: As V8 spells it: `Asia/Calcutta`, not `Asia/Kolkata`.
            external_id: Given to the task, such as the id of a user.
            window: Over how long the runs of many schedules are spread: `30m`, `2h`,
                or `50%` of the pause between two; at most a day.

        Raises:
            InvalidOptionError: A value cannot be one.
            UnprocessableError: There is no such task, it is not scheduled, or there
                are too many schedules.
        """
        request = schedule_body(
            task_id=task_id,
            cron=cron,
            timezone=timezone,
            external_id=external_id,
            window=window,
            deduplication_key=deduplication_key,
        )
        # The key makes it the same schedule, however often it is sent.
        body = await self._sender.call(
            "POST", _PATH, body=encode("cron", request), repeatable=True
        )
        return read_schedule(body)

    async def retrieve(self, schedule_id: str) -> Schedule:
        """Return a schedule.

        Raises:
            NotFoundError: There is none in this environment.
        """
        body = await self._sender.call("GET", _path(schedule_id), repeatable=True)
        return read_schedule(body)

    async def update(
        self,
        schedule_id: str,
        *,
        task_id: str,
        cron: str,
        timezone: str = _UTC,
        external_id: str | None = None,
        window: str | None = None,
    ) -> Schedule:
        """Change a schedule: what is not given is taken away, and the zone is UTC.

        The task of a schedule cannot be changed, though it must be told. The server
        makes a new schedule of an id that it does not know.

        Args:
            schedule_id: `sched_…`, or the deduplication key.
            task_id: As for `create`, and so are the others.
            cron: Five fields, or an alias.
            timezone: As V8 spells it.
            external_id: None: it has none from now on.
            window: None: it has none from now on.

        Raises:
            InvalidOptionError: A value cannot be one.
            UnprocessableError: It is declared by the code of its task.
        """
        request = schedule_body(
            task_id=task_id,
            cron=cron,
            timezone=timezone,
            external_id=external_id,
            window=window,
        )
        # Twice, an id that is not known would make two schedules.
        body = await self._sender.call(
            "PUT",
            _path(schedule_id),
            body=encode("cron", request),
            repeatable=False,
        )
        return read_schedule(body)

    async def list_page(
        self, *, page: int = 1, page_size: int = MAX_PAGE_SIZE
    ) -> SchedulePage:
        """Return one page of the schedules of the environment.

        It is empty as long as nothing is deployed there.

        Args:
            page: From 1 on.
            page_size: 1 to 100.

        Raises:
            InvalidOptionError: There is no such page.
        """
        query = numbered_page(page, page_size)
        body = await self._sender.call("GET", _PATH, query=query, repeatable=True)
        return read_schedule_page(body)

    async def list(self, *, page_size: int = MAX_PAGE_SIZE) -> AsyncIterator[Schedule]:
        """Iterate over the schedules of the environment; pages come when needed."""

        async def numbered(number: int) -> tuple[Sequence[Schedule], int]:
            page = await self.list_page(page=number, page_size=page_size)
            return page.schedules, page.pages

        async for schedule in follow_numbers(numbered):
            yield schedule

    async def activate(self, schedule_id: str) -> Schedule:
        """Have a schedule fire again.

        Raises:
            NotFoundError: There is none in this environment.
        """
        return await self._set(schedule_id, "activate")

    async def deactivate(self, schedule_id: str) -> Schedule:
        """Have a schedule not fire until it is activated.

        Raises:
            NotFoundError: There is none in this environment.
        """
        return await self._set(schedule_id, "deactivate")

    async def delete(self, schedule_id: str) -> None:
        """Delete a schedule; runs that it made stay.

        Raises:
            NotFoundError: There is none in this environment.
        """
        body = await self._sender.call("DELETE", _path(schedule_id), repeatable=True)
        answer_fields(body).text("id")

    async def timezones(self, *, exclude_utc: bool = False) -> tuple[str, ...]:
        """Return the names of time zones that the server accepts; needs no key.

        `jobwire.triggerdev.time_zones` has those of Node 20 without asking.
        """
        query = {"excludeUtc": "true"} if exclude_utc else None
        body = await self._sender.call(
            "GET",
            "/api/v1/timezones",
            query=query,
            repeatable=True,
            with_key=False,
        )
        return answer_fields(body).texts("timezones")

    async def _set(self, schedule_id: str, verb: str) -> Schedule:
        path = f"{_path(schedule_id)}/{verb}"
        return read_schedule(await self._sender.call("POST", path, repeatable=True))


def _path(schedule_id: str) -> str:
    return f"{_PATH}/{segment('schedule_id', schedule_id)}"
