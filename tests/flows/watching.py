"""What watched awaits do: note that they were reached, and let somebody act on it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from enum import StrEnum
from typing import Any

from tests.flows.awaits import AWAIT, EACH, WITH


class Moment(StrEnum):
    """When in an await."""

    #: What is awaited was made, and nothing of it was done.
    BEFORE = "before"
    #: It waits for the first time: what it sends is on its way; or it never had to.
    DURING = "during"
    #: It is done, and nothing has followed from it.
    AFTER = "after"


#: Is told of every moment; what it returns is waited for, except during an await.
Listener = Callable[[str, Moment], Awaitable[None] | None]


class Watch:
    """Tells one listener of every point that is reached.

    Attributes:
        listener: Who is told; None: nobody.
    """

    def __init__(self) -> None:
        self.listener: Listener | None = None

    @property
    def names(self) -> dict[str, Callable[..., Any]]:
        """What instrumented modules call."""
        return {AWAIT: self._await, WITH: self._with, EACH: self._each}

    def tell(self, point: str, moment: Moment) -> Awaitable[None] | None:
        """Tell the listener."""
        return None if self.listener is None else self.listener(point, moment)

    def _await(self, point: str, awaited: Awaitable[Any]) -> "_Watched":
        return _Watched(self, point, awaited)

    def _with(self, enter: str, exit: str, manager: Any) -> "_WatchedManager":
        return _WatchedManager(self, enter, exit, manager)

    async def _each(self, point: str, items: Any) -> AsyncIterator[Any]:
        iterator = aiter(items)
        while True:
            try:
                item = await _Watched(self, point, anext(iterator))
            except StopAsyncIteration:
                return
            yield item


class _Watched:
    def __init__(self, watch: Watch, point: str, awaited: Awaitable[Any]) -> None:
        self._watch = watch
        self._point = point
        self._awaited = awaited

    def __await__(self) -> Generator[Any, Any, Any]:
        yield from self._pause(Moment.BEFORE)
        steps = _Steps(self._awaited.__await__(), lambda: self._tell(Moment.DURING))
        try:
            result = yield from steps
        except Exception:
            steps.end()
            yield from self._pause(Moment.AFTER)
            raise
        steps.end()
        yield from self._pause(Moment.AFTER)
        return result

    def _tell(self, moment: Moment) -> Awaitable[None] | None:
        return self._watch.tell(self._point, moment)

    def _pause(self, moment: Moment) -> Generator[Any, Any, None]:
        wait = self._tell(moment)
        if wait is not None:
            yield from wait.__await__()


class _Steps:
    """The steps of an awaitable; tells of the first one that waits."""

    def __init__(self, inner: Any, waits: Callable[[], object]) -> None:
        self._inner = inner
        self._waits: Callable[[], object] | None = waits

    def __iter__(self) -> "_Steps":
        return self

    def __next__(self) -> Any:
        return self._told(next(self._inner))

    def send(self, value: Any) -> Any:
        return self._told(self._inner.send(value))

    def throw(self, *error: Any) -> Any:
        return self._inner.throw(*error)

    def close(self) -> None:
        self._inner.close()

    def end(self) -> None:
        """Tell of one that never waited."""
        self._told(None)

    def _told(self, made: Any) -> Any:
        waits, self._waits = self._waits, None
        if waits is not None:
            waits()
        return made


class _WatchedManager:
    def __init__(self, watch: Watch, enter: str, exit: str, manager: Any) -> None:
        self._watch = watch
        self._points = enter, exit
        self._manager = manager

    async def __aenter__(self) -> Any:
        return await _Watched(self._watch, self._points[0], self._manager.__aenter__())

    async def __aexit__(self, *error: object) -> Any:
        return await _Watched(
            self._watch, self._points[1], self._manager.__aexit__(*error)
        )
