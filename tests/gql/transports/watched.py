"""A stream that says when it is opened and closed."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any


class Watched:
    """Stands where the feed's stream of one job does, and tells nothing."""

    def __init__(self) -> None:
        self.opened = asyncio.Event()
        self.closed = asyncio.Event()

    async def stream(self, *_: Any, **__: Any) -> AsyncGenerator[None, None]:
        try:
            self.opened.set()
            await asyncio.Event().wait()
            yield
        finally:
            self.closed.set()
