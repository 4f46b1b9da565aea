"""What kill -9 leaves behind, at whatever moment it comes."""

import asyncio
import signal
from pathlib import Path
from typing import Any

import httpx

from tests.app.commands import running
from tests.app.test_emulator import address
from tests.emulator.stage import CURRENT

KEY = {"authorization": "Bearer tr_dev_emulator", **CURRENT}
LIVES = 3
#: How many runs are triggered before each death of the process.
BURST = 40
TASKS = """
from jobwire.emulator import Retry, Task, TaskError

def error(payload, attempt):
    return TaskError("odd") if payload % 2 and attempt == 1 else None

TASKS = (Task("work", duration=0.3, error=error, retry=Retry(min_seconds=0.1)),)
"""


async def test_what_was_answered_survives_and_ends_once(tmp_path: Path) -> None:
    (tmp_path / "tasks.py").write_text(TASKS)
    arguments = ("emulator", "--port", "0", "--tasks", "tasks.py")
    answered: dict[int, str] = {}

    async def trigger(http: httpx.AsyncClient, number: int) -> None:
        body = {"payload": number, "options": {"tags": str(number)}}
        made = await http.post("/api/v1/tasks/work/trigger", json=body)
        answered[number] = made.json()["id"]

    for life in range(LIVES):
        with running(*arguments, folder=tmp_path) as emulator:
            url = await address(emulator)
            async with httpx.AsyncClient(base_url=url, headers=KEY) as http:
                numbers = range(life * BURST, (life + 1) * BURST)
                sent = [asyncio.create_task(trigger(http, n)) for n in numbers]
                # Some are answered by then, others on their way.
                await asyncio.gather(*sent[:5])
                emulator.signal(signal.SIGKILL)
                await asyncio.gather(*sent, return_exceptions=True)
                await asyncio.to_thread(emulator.end)
    with running(*arguments, folder=tmp_path) as emulator:
        url = await address(emulator)
        async with httpx.AsyncClient(base_url=url, headers=KEY) as http:
            runs = [await ended(http, id) for id in answered.values()]

    assert len(answered) >= LIVES * 5
    assert {run["payload"]: run["id"] for run in runs} == answered
    assert {run["status"] for run in runs} == {"COMPLETED"}
    assert [run["attemptCount"] for run in runs] == [n % 2 + 1 for n in answered]


async def ended(http: httpx.AsyncClient, id: str) -> dict[str, Any]:
    """Wait until a run has ended, as every client has to: by asking."""
    async with asyncio.timeout(60):
        while True:
            run: dict[str, Any] = (await http.get(f"/api/v3/runs/{id}")).json()
            if run["isCompleted"]:
                return run
            await asyncio.sleep(0.1)
