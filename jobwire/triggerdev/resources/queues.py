"""Queues: listing, retrieving, pausing and limiting them."""

from collections.abc import AsyncIterator, Sequence

from jobwire.triggerdev.answers import answer_fields
from jobwire.triggerdev.json_text import encode
from jobwire.triggerdev.listing import MAX_PAGE_SIZE
from jobwire.triggerdev.page_numbers import follow_numbers, numbered_page
from jobwire.triggerdev.paths import segment
from jobwire.triggerdev.queues import (
    CustomQueue,
    Queue,
    QueueName,
    QueuePage,
    TaskQueue,
    limit_body,
    read_queue,
    read_queue_page,
)
from jobwire.triggerdev.sending import Sender

_PATH = "/api/v1/queues"


class Queues:
    """`client.queues`: what waits where, and how many may execute at once.

    A queue is named by its id, by `TaskQueue("my-task")` or by
    `CustomQueue("my-queue")`. Each call raises `NotFoundError` when there is no such
    queue.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def list_page(
        self, *, page: int = 1, page_size: int = MAX_PAGE_SIZE
    ) -> QueuePage:
        """Return one page of the queues, by their names.

        Args:
            page: Its number, from 1; after the last one pages are empty.
            page_size: 1 to 100.

        Raises:
            InvalidOptionError: There is no such page.
        """
        query = numbered_page(page, page_size)
        body = await self._sender.call("GET", _PATH, query=query, repeatable=True)
        return read_queue_page(body)

    async def list(self, *, page_size: int = MAX_PAGE_SIZE) -> AsyncIterator[Queue]:
        """Iterate over the queues, by their names; pages come when needed."""

        async def numbered(number: int) -> tuple[Sequence[Queue], int]:
            page = await self.list_page(page=number, page_size=page_size)
            return page.queues, page.pages

        async for queue in follow_numbers(numbered):
            yield queue

    async def retrieve(self, queue: QueueName) -> Queue:
        """Return a queue, with how many runs it has now."""
        type, path = _place(queue)
        body = await self._sender.call(
            "GET", path, query={"type": type}, repeatable=True
        )
        return read_queue(answer_fields(body))

    async def pause(self, queue: QueueName) -> Queue:
        """Let no run leave a queue; those that execute go on."""
        return await self._change(queue, "pause", {"action": "pause"})

    async def resume(self, queue: QueueName) -> Queue:
        """Let runs leave a queue again."""
        return await self._change(queue, "pause", {"action": "resume"})

    async def override_concurrency_limit(
        self,
        queue: QueueName,
        concurrency_limit: int | None = None,
        *,
        percent: float | None = None,
    ) -> Queue:
        """Put a limit over the deployed one, until it is reset.

        Args:
            queue: Which one.
            concurrency_limit: 0 to 100,000, and at most that of the environment.
            percent: Instead: of the environment's limit, above 0 and at most 100;
                rounded down, and never to nothing.

        Raises:
            InvalidOptionError: It is not exactly one of both, or out of its range.
            BadRequestError: It is above the environment's limit.
        """
        limit = limit_body(concurrency_limit, percent)
        return await self._change(queue, "concurrency/override", limit)

    async def reset_concurrency_limit(self, queue: QueueName) -> Queue:
        """Let the deployed limit count again.

        Raises:
            BadRequestError: It is not overridden.
        """
        # Of two in a row the second is refused, so an unknown outcome is not repeated.
        return await self._change(queue, "concurrency/reset", {}, repeatable=False)

    async def _change(
        self,
        queue: QueueName,
        verb: str,
        what: dict[str, str] | dict[str, float],
        *,
        repeatable: bool = True,
    ) -> Queue:
        type, path = _place(queue)
        body = await self._sender.call(
            "POST",
            f"{path}/{verb}",
            body=encode("queue", {"type": type, **what}),
            repeatable=repeatable,
        )
        return read_queue(answer_fields(body))


def _place(queue: QueueName) -> tuple[str, str]:
    """Return how a queue is named, and the path of it."""
    match queue:
        case TaskQueue(name):
            type = "task"
        case CustomQueue(name):
            type = "custom"
        case name:
            type = "id"
    # The server decodes slashes twice, so that proxies do not see them.
    return type, f"{_PATH}/{segment('queue', name.replace('/', '%2F'))}"
