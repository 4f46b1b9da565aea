"""What one operation works with: who asks, the engine, and its reads."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from functools import cached_property, partial
from typing import TypeVar, cast
from uuid import UUID

import strawberry
from graphql import GraphQLError
from strawberry.dataloader import DataLoader
from strawberry.scalars import JSON

from jobwire.gql.json_codec import Written
from jobwire.gql.limits import exceeded
from jobwire.gql.scalars import EventCursor
from jobwire.jobs import job_pages, queries
from jobwire.jobs.bulk import BulkOperation, read_operation
from jobwire.jobs.cron.job_schedule import JobSchedule
from jobwire.jobs.cron.queries import read_last_jobs, read_schedules
from jobwire.jobs.engine import Engine
from jobwire.jobs.errors import NotFoundError
from jobwire.jobs.fair_shares import Share
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.identifiers import job_id_text, schedule_id_text
from jobwire.jobs.job import Attempt, Event, Job
from jobwire.jobs.logs.read import LogFilter, LogLine, read_log_pages
from jobwire.jobs.long_json import LEFT_OUT, LongColumn, LongJson
from jobwire.jobs.queries import AsOf, Page, Window
from jobwire.jobs.rate_limits import OperationKind
from jobwire.jobs.secrets import JobSecret, hidden_parts
from jobwire.jobs.selected import Selected, SelectedRow, Selection
from jobwire.jobs.viewer import Viewer
from jobwire.models.database import Connection

T = TypeVar("T")
W = TypeVar("W", bound=Hashable)

#: Characters of stored JSON, such as data and results of jobs, that one answer holds.
MAX_JSON = 16 * 1024 * 1024
#: Long JSON values that are read at once, of at most a megabyte or two each.
_LONG_AT_ONCE = 8
#: How long a query or a mutation may take by default, in seconds. It is more than
#: `waitForRun` may wait.
DEADLINE = 60.0
#: Is told why the plan of an operation did not give an answer; None: it did.
OnAnswer = Callable[[str | None], None]


class Context:
    """One operation.

    Its first read runs before all others and tells where the whole operation stands
    in the event log. Everything else is read later, so a client that subscribes from
    there may be told again of what it has seen, and misses nothing.

    Attributes:
        engine: The open parts of this process.
        viewer: Who asks.
        deadline: How long a query or a mutation may take, in seconds.
        resume_after: The cursor that a client resumes a stream behind, which its
            transport told; it counts more than what the operation says.
        hides_schema: Errors suggest no names of the schema.
        on_answer: Told of each answer; see `OnAnswer`.
    """

    def __init__(
        self,
        engine: Engine,
        viewer: Viewer,
        *,
        deadline: float = DEADLINE,
        resume_after: str | None = None,
        hides_schema: bool = False,
        on_answer: OnAnswer = lambda _: None,
    ) -> None:
        self.engine = engine
        self.viewer = viewer
        self.deadline = deadline
        self.resume_after = resume_after
        self._json_left: int | None = None
        self.hides_schema = hides_schema
        self.on_answer = on_answer
        self._as_of: AsOf | None = None
        self._cursor: asyncio.Task[str] | None = None

    @property
    def database(self) -> Share:
        """The viewer's share of the connections."""
        return self.engine.shares.of(self.viewer.user_id)

    @cached_property
    def _first_read(self) -> asyncio.Lock:
        return asyncio.Lock()

    # What is read later may have changed: batched, not remembered.
    @cached_property
    def _jobs(self) -> DataLoader[UUID, Job | None]:
        return DataLoader(load_fn=self._load_jobs, cache=False)

    @cached_property
    def _schedules(self) -> DataLoader[UUID, JobSchedule | None]:
        return DataLoader(load_fn=self._load_schedules, cache=False)

    @cached_property
    def _last_jobs(self) -> DataLoader[UUID, Job | None]:
        return DataLoader(load_fn=self._load_last_jobs, cache=False)

    @cached_property
    def _long(self) -> DataLoader[LongJson, str]:
        return DataLoader(load_fn=self._load_long, cache=False)

    # What the jobs of a page have is read with one statement for all of them.
    @cached_property
    def _attempt_pages(self) -> DataLoader[tuple[UUID, Window[int]], Page[Attempt]]:
        return DataLoader(load_fn=self._pages(queries.read_attempt_pages), cache=False)

    @cached_property
    def _event_pages(self) -> DataLoader[tuple[UUID, Window[int]], Page[Event]]:
        read = partial(queries.read_event_pages, lean=True)
        return DataLoader(load_fn=self._pages(read), cache=False)

    @cached_property
    def _log_pages(
        self,
    ) -> DataLoader[tuple[UUID, tuple[Window[int], LogFilter]], Page[LogLine]]:
        async def read(
            connection: Connection,
            job_ids: Sequence[UUID],
            which: tuple[Window[int], LogFilter],
        ) -> dict[UUID, Page[LogLine]]:
            return await read_log_pages(connection, job_ids, *which)

        return DataLoader(load_fn=self._pages(read), cache=False)

    def _pages(
        self,
        read: Callable[[Connection, Sequence[UUID], W], Awaitable[dict[UUID, Page[T]]]],
    ) -> Callable[[list[tuple[UUID, W]]], Awaitable[list[Page[T]]]]:
        """Read pages of the parts of jobs: of all that are asked for alike at once."""

        async def load(wanted: list[tuple[UUID, W]]) -> list[Page[T]]:
            alike: dict[W, dict[UUID, None]] = {}
            for job_id, which in wanted:
                alike.setdefault(which, {})[job_id] = None
            found: dict[tuple[UUID, W], Page[T]] = {}
            async with self.database.connection() as connection:
                for which, job_ids in alike.items():
                    pages = await read(connection, list(job_ids), which)
                    found |= {(job_id, which): page for job_id, page in pages.items()}
            return [found[one] for one in wanted]

        return load

    def of_event(self) -> "Context":
        """Return what one event of a subscription works with, whose answer is its own.

        Several may be answered at once: those who are told the same share a context.
        """
        return Context(
            self.engine,
            self.viewer,
            deadline=self.deadline,
            hides_schema=self.hides_schema,
            on_answer=self.on_answer,
        )

    def begin_answer(self) -> None:
        """Limit what is read from now on to what one answer may hold."""
        self._json_left = MAX_JSON

    def show_json(self, text: str) -> JSON:
        """Show stored JSON in an answer as it is.

        Raises:
            GraphQLError: All that is shown in this answer is more than it may hold.
        """
        self._take(text)
        return JSON(Written(text))

    def show_long(self, text: str, long: LongJson) -> JSON:
        """Show stored JSON, or have it read if it was left out of its row.

        It is awaited only where it must be: streams show very many jobs.

        Args:
            text: What stands in the row.
            long: Where the rest is.

        Raises:
            GraphQLError: All that is shown in this answer is more than it may hold.
        """
        if text == LEFT_OUT:
            return cast("JSON", self._show_left_out(long))
        return self.show_json(text)

    async def read_long(self, text: str, long: LongJson) -> str:
        """Return stored JSON for an answer, read if it was left out of its row.

        Raises:
            GraphQLError: All that is shown in this answer is more than it may hold.
            NotFoundError: It is gone.
        """
        if text == LEFT_OUT:
            return await self._long.load(long)
        self._take(text)
        return text

    def turn(self) -> Awaitable[None]:
        """Wait for the viewer's turn, before something that takes the process long."""
        return self.engine.turns.take(self.viewer.user_id)

    def count(self, kind: OperationKind) -> None:
        """Count an operation, or a field of a mutation, before it does anything.

        Raises:
            RateLimitedError: The viewer may start no more of them now.
        """
        now = self.engine.clock.now()
        self.engine.rate_limits.count(self.viewer, kind, now=now)

    def hidden_parts(self, job: Job) -> tuple[JobSecret, ...]:
        """Return what of a job is secret to the viewer."""
        return hidden_parts(job, self.viewer, self.engine.registry)

    async def read_job(self, job_id: UUID) -> Job | None:
        """Read a job behind the viewer's wall, together with others asked for now."""
        return await self._jobs.load(job_id)

    async def read_own_job(self) -> Job | None:
        """Read the one job that the viewer may see; None: it is gone, or it is many."""
        job_id = self.viewer.job_id
        return None if job_id is None else await self.read_job(job_id)

    async def read_schedule(self, schedule_id: UUID) -> JobSchedule | None:
        """Read a job schedule behind the viewer's wall, with others asked for now."""
        return await self._schedules.load(schedule_id)

    async def read_last_job(self, schedule_id: UUID) -> Job | None:
        """Read the newest job of a schedule, with those of others asked for now."""
        return await self._last_jobs.load(schedule_id)

    async def read_job_page(
        self, filter: JobFilter, window: Window[UUID], *, descending: bool
    ) -> Page[Job]:
        """Read a page of jobs behind the viewer's wall.

        Raises:
            ForbiddenError: The filter names other users, and the viewer is no admin.
            SparseFilterError: Too many jobs would have to be looked at.
        """

        async def read(connection: Connection) -> tuple[Page[Job], AsOf | None]:
            page = await job_pages.read_job_page(
                connection, self.viewer, filter, window, descending=descending
            )
            return page, page.as_of

        return await self._read(read)

    async def read_selected_page(
        self,
        filter: JobFilter,
        window: Window[UUID],
        selection: Selection,
        *,
        descending: bool,
        with_as_of: bool,
    ) -> Page[SelectedRow]:
        """Read some columns of a page of jobs behind the viewer's wall.

        Args:
            filter: Which jobs.
            window: Which part of the list.
            selection: What of each.
            descending: The newest first.
            with_as_of: Whether the operation tells where it stands in the event log.

        Raises:
            ForbiddenError: The filter names other users, and the viewer is no admin.
            SparseFilterError: Too many jobs would have to be looked at.
        """

        async def read() -> tuple[Page[SelectedRow], AsOf | None]:
            page = await job_pages.read_page(
                partial(self.engine.page_reads.fetch, self.viewer.user_id),
                self.viewer,
                filter,
                window,
                selection,
                descending=descending,
                with_as_of=with_as_of,
            )
            return page, page.as_of

        return await self._read_placed(read, is_placed=with_as_of)

    async def read_selected_job(
        self, job_id: UUID, columns: str, *, with_as_of: bool
    ) -> Selected | None:
        """Read some columns of a job behind the viewer's wall.

        Args:
            job_id: The job.
            columns: A select list of columns of `j`, `j.id` among them.
            with_as_of: Whether the operation tells where it stands in the event log.
        """
        read = partial(
            self.engine.job_reads.read,
            self.viewer,
            job_id,
            columns,
            with_as_of=with_as_of,
        )
        return await self._read_placed(read, is_placed=with_as_of)

    async def read_attempt(self, job_id: UUID, number: int) -> Attempt | None:
        """Read an attempt behind the viewer's wall."""
        if await self.read_job(job_id) is None:
            return None
        async with self.database.connection() as connection:
            return await queries.read_attempt(connection, self.viewer, job_id, number)

    async def read_event(self, job_id: UUID, version: int) -> Event | None:
        """Read an event behind the viewer's wall."""
        if await self.read_job(job_id) is None:
            return None
        async with self.database.connection() as connection:
            return await queries.read_event(connection, self.viewer, job_id, version)

    async def read_attempt_page(
        self, job_id: UUID, window: Window[int]
    ) -> Page[Attempt]:
        """Read a page of the attempts of a job that was read behind the wall."""
        return await self._attempt_pages.load((job_id, window))

    async def read_event_page(self, job_id: UUID, window: Window[int]) -> Page[Event]:
        """Read a page of the events of a job that was read behind the wall."""
        return await self._event_pages.load((job_id, window))

    async def read_log_page(
        self, job_id: UUID, window: Window[int], filter: LogFilter
    ) -> Page[LogLine]:
        """Read a page of the log of a job that was read behind the wall."""
        return await self._log_pages.load((job_id, (window, filter)))

    async def count_jobs(self, filter: JobFilter, *, cap: int) -> queries.CappedCount:
        """Count the jobs of a filter behind the viewer's wall, up to a cap."""
        async with self.database.connection() as connection:
            return await queries.count_jobs(connection, self.viewer, filter, cap=cap)

    async def read_bulk_operation(self, operation_id: UUID) -> BulkOperation | None:
        """Read a bulk operation behind the viewer's wall."""
        async with self.database.connection() as connection:
            return await read_operation(connection, self.viewer, operation_id)

    async def as_of(self) -> EventCursor:
        """Return where the operation stands in the event log, after its first read."""
        if self._as_of is None:
            raise RuntimeError("Nothing has been read that says where it stands.")
        if self._cursor is None:
            self._cursor = asyncio.ensure_future(self.engine.feed.as_of(self._as_of))
        return EventCursor(await self._cursor)

    async def _read(
        self,
        read: Callable[[Connection], Awaitable[tuple[T, AsOf | None]]],
        *,
        is_placed: bool = True,
    ) -> T:
        """Read something on a connection of the viewer's share; see `_read_placed`."""

        async def read_on_share() -> tuple[T, AsOf | None]:
            async with self.database.connection() as connection:
                return await read(connection)

        return await self._read_placed(read_on_share, is_placed=is_placed)

    async def _read_placed(
        self,
        read: Callable[[], Awaitable[tuple[T, AsOf | None]]],
        *,
        is_placed: bool,
    ) -> T:
        """Read something; the first time before all else, unless nobody asks where."""
        if is_placed and self._as_of is None:
            async with self._first_read:
                if self._as_of is None:
                    found, self._as_of = await read()
                    return found
        found, _ = await read()
        return found

    async def _load_jobs(self, ids: list[UUID]) -> list[Job | None]:
        unread = list(dict.fromkeys(ids))
        found: dict[UUID, Job] = {}
        if self._as_of is None or len(unread) == 1:
            first = await self._read(self._one(unread.pop()))
            if first is not None:
                found[first.id] = first
        if unread:
            async with self.database.connection() as connection:
                rest, _ = await queries.read_jobs(connection, self.viewer, unread)
            found |= {job.id: job for job in rest}
        return [found.get(job_id) for job_id in ids]

    async def _load_schedules(self, ids: list[UUID]) -> list[JobSchedule | None]:
        async with self.database.connection() as connection:
            rows = await read_schedules(connection, self.viewer, ids)
        found = {row.id: row for row in rows}
        return [found.get(schedule_id) for schedule_id in ids]

    async def _load_last_jobs(self, ids: list[UUID]) -> list[Job | None]:
        async def read(connection: Connection) -> tuple[dict[UUID, Job], AsOf | None]:
            return await read_last_jobs(connection, self.viewer, ids)

        found = await self._read(read)
        return [found.get(schedule_id) for schedule_id in ids]

    async def _show_left_out(self, long: LongJson) -> JSON:
        return JSON(Written(await self._long.load(long)))

    async def _load_long(
        self, wanted: list[LongJson]
    ) -> list[str | GraphQLError | NotFoundError]:
        # It would keep this batch, and all that was read for it, as long as itself.
        self._long.batch = None
        found: dict[LongJson, str | GraphQLError] = {}
        for column in LongColumn:
            of_column = [one for one in dict.fromkeys(wanted) if one.column is column]
            for start in range(0, len(of_column), _LONG_AT_ONCE):
                if self._json_left is not None and self._json_left < 0:
                    refused = _too_much_json(self._json_left)
                    found |= dict.fromkeys(of_column[start:], refused)
                    break
                some = of_column[start : start + _LONG_AT_ONCE]
                async with self.database.connection() as connection:
                    texts = await queries.read_long(connection, column, some)
                for one, text in texts.items():
                    try:
                        self._take(text)
                        found[one] = text
                    except GraphQLError as refused:
                        found[one] = refused
        return [found.get(one) or NotFoundError(_public_id(one)) for one in wanted]

    def _take(self, text: str) -> None:
        """Count what is shown in this answer.

        Raises:
            GraphQLError: It is more than it may hold.
        """
        if self._json_left is not None:
            self._json_left -= len(text)
            if self._json_left < 0:
                raise _too_much_json(self._json_left)

    def _one(
        self, job_id: UUID
    ) -> Callable[[Connection], Awaitable[tuple[Job | None, AsOf]]]:
        return lambda connection: queries.read_job(connection, self.viewer, job_id)


def _too_much_json(left: int) -> GraphQLError:
    return exceeded(
        "The JSON values of this answer have {} characters or more",
        MAX_JSON - left,
        MAX_JSON,
    )


def _public_id(long: LongJson) -> str:
    is_schedule = long.column is LongColumn.SCHEDULE_DATA
    return schedule_id_text(long.id) if is_schedule else job_id_text(long.id)


Info = strawberry.Info[Context, None]
