"""The client: one connection to an environment, and what can be done there."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

import httpx

from jobwire.triggerdev.answers import answer_fields
from jobwire.triggerdev.attempts import Now, Sleep
from jobwire.triggerdev.endpoint import Endpoint
from jobwire.triggerdev.errors import InvalidOptionError
from jobwire.triggerdev.rate_limit import RateLimit
from jobwire.triggerdev.resources.batches import Batches
from jobwire.triggerdev.resources.bulk_actions import BulkActions
from jobwire.triggerdev.resources.idempotency_keys import IdempotencyKeys
from jobwire.triggerdev.resources.packets import Packets
from jobwire.triggerdev.resources.public_tokens import PublicTokens
from jobwire.triggerdev.resources.queues import Queues
from jobwire.triggerdev.resources.runs import Runs
from jobwire.triggerdev.resources.schedules import Schedules
from jobwire.triggerdev.resources.tasks import Tasks
from jobwire.triggerdev.resources.waitpoint_tokens import WaitpointTokens
from jobwire.triggerdev.retries import RetryPolicy
from jobwire.triggerdev.sending import Sender
from jobwire.triggerdev.timeouts import Timeouts

API_URL = "https://api.trigger.dev"


def _utc_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the default of an argument


class TriggerDevClient:
    """A client of one environment of Trigger.dev.

    Use it as an async context manager, or call `aclose` at the end. It may be shared
    by all tasks of one event loop; in another one its calls raise a RuntimeError.
    Calls that can be repeated are, as `retries` says; those that make something new
    only when the server certainly did not accept it.

    Every call raises `ApiConnectionError`, an `ApiStatusError` or
    `MalformedResponseError`; `outcome_unknown` tells whether the server may have done
    it all the same.

    Attributes:
        tasks: Triggers runs.
        batches: Triggers many at once.
        runs: Retrieves, lists, changes and waits for them.
        packets: Uploads and downloads large values.
        schedules: Make tasks run by the calendar.
        bulk_actions: Cancels or replays many.
        queues: Pauses, resumes and limits queues.
        waitpoint_tokens: Makes and completes what runs wait for.
        public_tokens: Makes tokens that may do a few things.
        idempotency_keys: Lets a key make a new run.
    """

    def __init__(
        self,
        *,
        secret_key: str,
        api_url: str = API_URL,
        branch: str | None = None,
        timeout: timedelta | Timeouts = timedelta(seconds=10),
        deadline: timedelta | None = timedelta(seconds=60),
        retries: RetryPolicy = RetryPolicy(),  # noqa: B008 - frozen
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Sleep = asyncio.sleep,
        now: Now = _utc_now,
        context: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        """Connect to nothing yet, but read proxies and certificates.

        Args:
            secret_key: Of the environment, `tr_…`.
            api_url: Where Trigger.dev is.
            branch: Required with the key of preview branches.
            timeout: For each of connecting, sending and every read.
            deadline: How long a call may take with all its attempts and the waits
                between them; None: as long as these let it.
            retries: When calls are sent again.
            transport: Instead of the network; then the environment's proxies and
                certificates do not count, and how many connections there are is up
                to it. It is closed with the client.
            sleep: Waits for a number of seconds.
            now: Tells the time, aware.
            context: Returns headers that each call is sent with besides, such as the
                `traceparent` of W3C Trace Context.

        Raises:
            InvalidOptionError: The key, the URL, the branch, a span or a proxy of the
                environment cannot be one.
            OSError: The certificates that the environment names cannot be read.
        """
        if deadline is not None and deadline <= timedelta():
            raise InvalidOptionError("deadline", "be longer than nothing")
        self._sender = Sender(
            Endpoint(secret_key=secret_key, api_url=api_url, branch=branch),
            timeout=timeout,
            deadline=deadline,
            retries=retries,
            transport=transport,
            sleep=sleep,
            now=now,
            context=context,
        )
        self.tasks = Tasks(self._sender)
        self.batches = Batches(self._sender)
        self.runs = Runs(self._sender)
        self.packets = Packets(self._sender)
        self.schedules = Schedules(self._sender)
        self.bulk_actions = BulkActions(self._sender)
        self.queues = Queues(self._sender)
        self.waitpoint_tokens = WaitpointTokens(self._sender)
        self.public_tokens = PublicTokens(self._sender)
        self.idempotency_keys = IdempotencyKeys(self._sender)
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
        """End the calls that are under way, and close all connections.

        Each of these calls raises an `ApiConnectionError` that says so.
        """
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
                self._environment_id = answer_fields(body).text("sub")
            return self._environment_id
