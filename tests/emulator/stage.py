"""An emulator whose clock stands still until a test moves it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from jobwire.emulator import Emulator
from jobwire.emulator.advancing import advance
from tests.clock import FakeClock
from tests.emulator.new_state import lay_state

CURRENT = {"x-trigger-api-version": "2025-07-16"}


async def _forever(_: float) -> None:
    await asyncio.Event().wait()


class Stage:
    """An open emulator, and a caller who has its key."""

    def __init__(self, emulator: Emulator, clock: FakeClock) -> None:
        self.emulator = emulator
        self.clock = clock
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(emulator.app),
            base_url="http://emulator",
            headers={"authorization": f"Bearer {emulator.secret_key}", **CURRENT},
        )

    async def trigger(
        self, task: str, payload: Any = None, /, **options: Any
    ) -> httpx.Response:
        body = {"payload": payload, "options": options}
        return await self.http.post(f"/api/v1/tasks/{task}/trigger", json=body)

    async def triggered(self, task: str, payload: Any = None, /, **options: Any) -> str:
        """Trigger, and return the id of the run."""
        answer = await self.trigger(task, payload, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()["id"]

    async def retrieve(self, run: str, **headers: str) -> dict[str, Any]:
        answer = await self.http.get(f"/api/v3/runs/{run}", headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def status(self, run: str) -> str:
        return (await self.retrieve(run))["status"]

    async def cancel(self, run: str) -> httpx.Response:
        return await self.http.post(f"/api/v2/runs/{run}/cancel")

    async def listed(self, **query: Any) -> dict[str, Any]:
        answer = await self.http.get("/api/v1/runs", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def listed_ids(self, **query: Any) -> list[str]:
        return [run["id"] for run in (await self.listed(**query))["data"]]

    async def advance(self, seconds: float) -> None:
        """Move the clock on, from one due step to the next."""
        await advance(self.emulator, self.clock, seconds)


@asynccontextmanager
async def opened(folder: Path, clock: FakeClock, **given: Any) -> AsyncIterator[Stage]:
    """Open an emulator on a folder."""
    lay_state(folder, clock.now())
    async with Emulator(folder, now=clock.now, sleep=_forever, **given) as emulator:
        stage = Stage(emulator, clock)
        async with stage.http:
            yield stage
