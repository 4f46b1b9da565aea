"""Two dispatchers with the same job, one of them paused at each of its awaits."""

from typing import Any

from tests.flows.watching import Watch


async def report(order: dict[str, Any], watch: Watch) -> None:
    raise NotImplementedError(order, watch)
