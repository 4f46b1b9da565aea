"""Waiting for an end that may not come in time."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta


async def within(span: timedelta, wait: Awaitable[object]) -> bool:
    """Wait for something; False when it took longer, and was canceled."""
    try:
        async with asyncio.timeout(span.total_seconds()):
            await wait
    except TimeoutError:
        return False
    return True
