"""The client: one method for each call of the management API."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self
from urllib.parse import quote

import httpx

from jobwire.triggerdev.endpoint import Endpoint
from jobwire.triggerdev.errors import (
    InvalidOptionError,
    MalformedResponseError,
    OutputTooLargeError,
)
from jobwire.triggerdev.fields import Fields
from jobwire.triggerdev.json_text import encode, is_unicode
from jobwire.triggerdev.listing import MAX_PAGE_SIZE, runs_query
from jobwire.triggerdev.packets import decode_packet
from jobwire.triggerdev.rate_limit import RateLimit
from jobwire.triggerdev.retries import RetryPolicy
from jobwire.triggerdev.runs import Run, RunPage, RunSummary, read_run, read_run_page
from jobwire.triggerdev.sending import BodyTooLargeError, Now, Sender, Sleep
from jobwire.triggerdev.trigger_options import Triggered, TriggerOptions

API_URL = "https://api.trigger.dev"


def _utc_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the default of an argument


class TriggerDevClient:
    """A client of one environment of Trigger.dev.

    Use it as an async context manager, or call `aclose` at the end. It may be shared
    by all tasks of an event loop. Calls that can be repeated are, as `retries` says;
    `trigger` only when the server certainly did not accept it.

    Every call raises `ApiConnectionError`, an `ApiStatusError` or
    `MalformedResponseError`; `outcome_unknown` tells whether the server may have done
    it all the same.
    """

    def __init__(
        self,
        *,
        secret_key: str,
        api_url: str = API_URL,
        branch: str | None = None,
        timeout: timedelta = timedelta(seconds=10),
        retries: RetryPolicy = RetryPolicy(),  # noqa: B008 - frozen
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Sleep = asyncio.sleep,
        now: Now = _utc_now,
    ) -> None:
        """Connect to nothing yet, but read proxies and certificates.

        Args:
            secret_key: Of the environment, `tr_…`.
            api_url: Where Trigger.dev is.
            branch: Required with the key of preview branches.
            timeout: For each of connecting, sending and every read.
            retries: When calls are sent again.
            transport: Instead of the network; then the environment's proxies and
                certificates do not count.
            sleep: Waits for a number of seconds.
            now: Tells the time, aware.

        Raises:
            InvalidOptionError: The key, the URL or the branch cannot be one.
        """
        self._sender = Sender(
            Endpoint(secret_key=secret_key, api_url=api_url, branch=branch),
            timeout=timeout,
            retries=retries,
            transport=transport,
            sleep=sleep,
            now=now,
        )
        self._environment_id: str | None = None
        self._asking_for_environment = asyncio.Lock()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._sender.endpoint.api_url}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._sender.aclose()

    @property
    def requests(self) -> int:
        """How many HTTP requests were sent so far, answered or not."""
        return self._sender.requests

    @property
    def rate_limit(self) -> RateLimit | None:
        """The environment's bucket as last told; None: not yet."""
        return self._sender.rate_limit

    async def environment_id(self) -> str:
        """Return the id of the key's environment; asked once, then remembered."""
        async with self._asking_for_environment:
            if self._environment_id is None:
                body = await self._sender.call(
                    "POST", "/api/v1/auth/jwt/claims", body=b"{}", repeatable=True
                )
                self._environment_id = _answer(body).text("sub")
            return self._environment_id

    async def trigger(
        self,
        task_id: str,
        payload: object,
        options: TriggerOptions = TriggerOptions(),  # noqa: B008 - frozen
    ) -> Triggered:
        """Make a run, or find the one that the idempotency key already has.

        A task that nobody has deployed is accepted too. When the outcome is unknown
        the call is never sent again, even with an idempotency key: the key is freed
        when its run fails, and the second call would make a second run.

        Args:
            task_id: Of the task.
            payload: JSON, given to the task as it is. The whole request must be below
                3 MiB.
            options: How the run shall be made.

        Raises:
            InvalidOptionError: The task's id is empty or the payload no JSON.
        """
        path = f"/api/v1/tasks/{_segment('task_id', task_id)}/trigger"
        request = {"payload": payload, "options": options.to_json()}
        body = await self._sender.call(
            "POST", path, body=encode("payload", request), repeatable=False
        )
        answer = _answer(body)
        return Triggered(answer.text("id"), answer.flag("isCached"))

    async def retrieve(self, run_id: str) -> Run:
        """Return a run.

        Raises:
            NotFoundError: There is none, even after the retries that the server asks
                for because its replicas lag.
        """
        path = f"/api/v3/runs/{_segment('run_id', run_id)}"
        return read_run(await self._sender.call("GET", path, repeatable=True))

    async def list_page(
        self,
        *,
        created_from: datetime,
        created_to: datetime | None = None,
        tags: Sequence[str] = (),
        task_identifiers: Sequence[str] = (),
        statuses: Sequence[str] = (),
        page_size: int = MAX_PAGE_SIZE,
        after: str | None = None,
    ) -> RunPage:
        """Return one page of the runs that were created in a window, newest first.

        Lists lag: a run that was just created can be missing for some seconds.

        Args:
            created_from: Inclusive. It must be told, since the server without it looks
                back only 7 days.
            created_to: Inclusive; None: now.
            tags: Runs that have any of them; empty: all.
            task_identifiers: Runs of any of these tasks; empty: all.
            statuses: Runs in any of these; empty: all. QUEUED and WAITING do not find
                all the runs that show these words.
            page_size: 1 to 100.
            after: The `next_cursor` of the page before.

        Raises:
            InvalidOptionError: A value cannot be asked for.
        """
        query = runs_query(
            created_from=created_from,
            created_to=created_to,
            tags=tags,
            task_identifiers=task_identifiers,
            statuses=statuses,
            page_size=page_size,
            after=after,
        )
        body = await self._sender.call(
            "GET", "/api/v1/runs", query=query, repeatable=True
        )
        return read_run_page(body)

    async def list_runs(
        self,
        *,
        created_from: datetime,
        created_to: datetime | None = None,
        tags: Sequence[str] = (),
        task_identifiers: Sequence[str] = (),
        statuses: Sequence[str] = (),
        page_size: int = MAX_PAGE_SIZE,
    ) -> AsyncIterator[RunSummary]:
        """Iterate over the runs of a window, newest first; see `list_page`.

        A page is asked for when its first run is.
        """
        cursor: str | None = None
        while True:
            page = await self.list_page(
                created_from=created_from,
                created_to=created_to,
                tags=tags,
                task_identifiers=task_identifiers,
                statuses=statuses,
                page_size=page_size,
                after=cursor,
            )
            for run in page.runs:
                yield run
            if page.next_cursor is None:
                return
            if page.next_cursor == cursor:
                raise MalformedResponseError(
                    "The list of runs gave the same cursor twice, and would never end."
                )
            cursor = page.next_cursor

    async def cancel(self, run_id: str) -> None:
        """Ask that a run be canceled.

        The server says yes to every run that exists, also to one that has ended and
        stays as it is; only retrieving it tells what became of it, and its code may
        go on for some seconds.

        Raises:
            NotFoundError: There is no such run.
        """
        path = f"/api/v2/runs/{_segment('run_id', run_id)}/cancel"
        body = await self._sender.call("POST", path, repeatable=True)
        # Something else than the API may say 200, too.
        _answer(body).text("id")

    async def read_output(self, run: Run, *, limit: int) -> object:
        """Return the output of a run, fetched when it lies in the object store.

        Args:
            run: As just retrieved: its presigned URL soon grows old.
            limit: How much to fetch, in bytes; an output that came with the run is
                not measured.

        Raises:
            OutputTooLargeError: There is more to fetch.
        """
        if run.output_presigned_url is None:
            return run.output
        try:
            media_type, body = await self._sender.fetch(
                run.output_presigned_url, limit=limit
            )
        except BodyTooLargeError:
            raise OutputTooLargeError(run.id, limit) from None
        return decode_packet(media_type, body)


def _answer(body: object) -> Fields:
    return Fields(body, "the answer", refuse=MalformedResponseError)


def _segment(option: str, value: str) -> str:
    """Encode one segment of a path, which a URL must not resolve to another one."""
    if value in {"", ".", ".."} or not is_unicode(value):
        raise InvalidOptionError(option, f"be an id, not {value!r}")
    return quote(value, safe="")
