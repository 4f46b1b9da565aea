"""Waiting for an event that may not come in time."""

import asyncio
from contextlib import suppress


async def wait_at_most(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, at most so many seconds."""
    # Not wait_for: in Python 3.11 it forgets a cancel that meets the wake-up.
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
