"""A bell that wakes all who listen for it."""

import asyncio


class Bell:
    """Rings for those who listen at that moment."""

    def __init__(self) -> None:
        self._listening: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        """Wake them."""
        for one in self._listening:
            if not one.done():
                one.set_result(None)

    async def heard(self) -> None:
        """Wait until it rings; it is listened for from the call on."""
        one = asyncio.get_running_loop().create_future()
        self._listening.add(one)
        try:
            await one
        finally:
            self._listening.discard(one)
