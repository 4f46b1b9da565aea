"""A stream that says when it is opened and closed."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any, Self


class Watched:
    """Stands where what follows one job does, and tells nothing."""

    def __init__(self) -> None:
        self.opened = asyncio.Event()
        self.closed = asyncio.Event()

    def __call__(self, *_: Any, **__: Any) -> Self:
        """Be made."""
        return self

    async def tell(self, *_: Any) -> AsyncGenerator[Any, None]:
        """Tell nothing."""
        try:
            self.opened.set()
            await asyncio.Event().wait()
            yield
        finally:
            self.closed.set()

    def finish(self, reason: str, reconnect_after: timedelta) -> None:
        """Go on as if nobody had asked."""
