"""Faults of requests, through the transport of httpx and on a real socket."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from jobwire.emulator import (
    Answer,
    Crash,
    Drop,
    Emulator,
    Fault,
    FaultError,
    Faults,
    HookMoment,
    LagList,
    ManualClock,
    Slow,
    StopTicking,
)
from jobwire.triggerdev import TriggerDevClient
from tests.clock import FakeClock
from tests.emulator.sdk.conftest import served
from tests.emulator.stage import CURRENT, Stage, opened

TRIGGER = "POST /api/v1/tasks/*/trigger"
KEY = {"authorization": "Bearer tr_dev_emulator", **CURRENT}


async def ids(stage: Stage) -> list[str]:
    await stage.advance(2)
    return await stage.listed_ids()


async def test_a_route_answers_otherwise_so_often(stage: Stage) -> None:
    stage.emulator.faults.add(Answer(status=500, route=TRIGGER, times=2))

    answers = [await stage.trigger("my-task") for _ in range(3)]
    listed = await stage.http.get("/api/v1/runs")

    assert [one.status_code for one in answers] == [500, 500, 200]
    assert answers[0].json() == {"error": "Internal Server Error"}
    assert listed.status_code == 200
    assert await ids(stage) == [answers[2].json()["id"]]


async def test_an_answer_without_a_number_stays_until_it_is_removed(
    stage: Stage,
) -> None:
    active = stage.emulator.faults.add(Answer(status=502))

    before = [(await stage.trigger("my-task")).status_code for _ in range(3)]
    stage.emulator.faults.remove(active.id)

    assert before == [502, 502, 502]
    assert (await stage.trigger("my-task")).status_code == 200


async def test_a_failed_answer_may_hide_that_the_request_was_accepted(
    stage: Stage,
) -> None:
    stage.emulator.faults.add(Answer(status=500, accepted=True, times=1))

    answer = await stage.trigger("my-task")

    assert answer.status_code == 500
    assert len(await ids(stage)) == 1


async def test_a_full_rate_limit_says_when_it_is_reset(stage: Stage) -> None:
    stage.emulator.faults.add(Answer(status=429, retry_after=2.5))
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        stage.emulator.faults.clear()

    async with TriggerDevClient(
        secret_key=stage.emulator.secret_key,
        api_url="http://emulator",
        transport=httpx.ASGITransport(stage.emulator.app),
        now=stage.clock.now,
        sleep=sleep,
    ) as client:
        await client.tasks.trigger("my-task", None)

    assert 2.5 <= waits[0] < 5
    assert len(waits) == 1


async def test_the_refusal_of_a_rate_limit_looks_like_the_real_one(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock, rate_limit=0) as stage:
        real = await stage.trigger("my-task")
        stage.emulator.faults.add(Answer(status=429))
        forced = await stage.trigger("my-task")

    assert real.status_code == forced.status_code == 429
    assert forced.json().keys() == real.json().keys()
    limits = [name for name in real.headers if name.startswith("x-ratelimit")]
    assert all(name in forced.headers for name in limits)
    assert len(limits) == 3


async def test_a_slow_route_waits_by_the_clock(tmp_path: Path) -> None:
    clock, waits = ManualClock(FakeClock().now()), asyncio.Event()

    async def sleep(seconds: float) -> None:
        if seconds == 5:
            waits.set()
        await clock.sleep(seconds)

    slow = Slow(seconds=5, route=TRIGGER)
    async with Emulator(tmp_path, clock=clock, sleep=sleep, faults=[slow]) as emulator:
        stage = Stage(emulator, clock)
        async with stage.http:
            asked = asyncio.create_task(stage.trigger("my-task"))
            await waits.wait()
            quick = await stage.http.get("/api/v1/runs")
            before = asked.done()
            clock.advance(5)
            async with asyncio.timeout(5):
                answer = await asked

    assert (quick.status_code, before, answer.status_code) == (200, False, 200)


@pytest.mark.parametrize(("accepted", "runs"), [(True, 1), (False, 0)])
async def test_a_dropped_connection_leaves_the_caller_in_doubt(
    stage: Stage, *, accepted: bool, runs: int
) -> None:
    stage.emulator.faults.add(Drop(route=TRIGGER, times=1, accepted=accepted))

    with pytest.raises(httpx.RemoteProtocolError):
        await stage.trigger("my-task")

    assert len(await ids(stage)) == runs


@pytest.mark.parametrize(("accepted", "runs"), [(True, 1), (False, 0)])
async def test_a_real_socket_is_dropped_without_a_byte(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, *, accepted: bool, runs: int
) -> None:
    fault = Drop(route=TRIGGER, times=1, accepted=accepted)
    async with Emulator(tmp_path, faults=[fault]) as emulator, served(emulator) as url:
        host, port = url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        request = (
            "POST /api/v1/tasks/my-task/trigger HTTP/1.1\r\nhost: there\r\n"
            "authorization: Bearer tr_dev_emulator\r\ncontent-length: 2\r\n\r\n{}"
        )
        writer.write(request.encode())
        try:
            async with asyncio.timeout(10):
                got = await reader.read()
        except ConnectionResetError:
            got = b""
        writer.close()
        async with httpx.AsyncClient(base_url=url, headers=KEY) as http:
            state = (await http.get("/emulator/state")).json()

    assert got == b""
    assert len(state["runs"]) == runs
    assert [one for one in caplog.records if one.levelname == "ERROR"] == []


async def test_a_crash_comes_after_accepting(tmp_path: Path, clock: FakeClock) -> None:
    crashes: list[str] = []
    async with opened(
        tmp_path, clock, crash=lambda: crashes.append("crashed")
    ) as stage:
        stage.emulator.faults.add(Crash(route=TRIGGER))

        with pytest.raises(httpx.RemoteProtocolError):
            await stage.trigger("my-task")

        assert crashes == ["crashed"]
        assert len(await ids(stage)) == 1
        # Once, unless it was told otherwise: the next life must not die of it.
        assert (await stage.trigger("my-task")).status_code == 200


def test_who_cannot_crash_says_so(tmp_path: Path) -> None:
    with pytest.raises(FaultError, match="cannot crash"):
        Emulator(tmp_path, faults=[Crash()])


async def test_a_fault_may_be_of_one_run(stage: Stage) -> None:
    first, second = await stage.triggered("my-task"), await stage.triggered("my-task")
    stage.emulator.faults.add(Answer(status=500, run=second))

    answers = [await stage.http.get(f"/api/v3/runs/{run}") for run in (first, second)]

    assert [one.status_code for one in answers] == [200, 500]


async def test_what_stops_ticking_goes_on_when_it_may(stage: Stage) -> None:
    run = await stage.triggered("my-task")
    stopped = stage.emulator.faults.add(StopTicking())
    await stage.advance(3600)
    stood = await stage.status(run)
    stage.emulator.faults.remove(stopped.id)
    await stage.advance(5)

    assert stood in {"QUEUED", "DEQUEUED"}
    assert await stage.status(run) in {"COMPLETED", "EXPIRED"}


def by_id(emulator: Emulator) -> None:
    [active] = emulator.faults.active()
    emulator.faults.remove(active.id)


def all_of_them(emulator: Emulator) -> None:
    emulator.faults.clear()


@pytest.mark.parametrize("remove", [by_id, all_of_them])
async def test_an_engine_that_stands_still_is_woken_by_the_removal(
    tmp_path: Path, remove: Callable[[Emulator], None]
) -> None:
    succeeded = asyncio.Event()

    class Hearer:
        async def send(self, moment: HookMoment) -> None:
            if moment.kind == "SUCCESS":
                succeeded.set()

    async with Emulator(tmp_path, hooks=Hearer(), faults=[StopTicking()]) as emulator:
        stage = Stage(emulator, emulator.clock)
        async with stage.http:
            run = await stage.triggered("my-task")
            # Let the engine see the run and go back to rest: nobody else wakes it then.
            for _ in range(20):
                await asyncio.sleep(0)
            assert await stage.status(run) == "QUEUED"
            remove(emulator)
            async with asyncio.timeout(20):
                await succeeded.wait()


async def test_an_end_is_not_recorded_while_everything_stands_still(
    tmp_path: Path, clock: FakeClock
) -> None:
    class Stopper:
        faults: Faults

        async def send(self, moment: HookMoment) -> None:
            if moment.kind == "SUCCESS":
                self.faults.add(StopTicking())

    stopper = Stopper()
    async with opened(tmp_path, clock, hooks=stopper) as stage:
        stopper.faults = stage.emulator.faults
        run = await stage.triggered("my-task")
        await stage.advance(3600)
        stood = await stage.status(run)
        stage.emulator.faults.clear()
        await stage.advance(0)

        assert (stood, await stage.status(run)) == ("EXECUTING", "COMPLETED")


async def test_lists_lag_by_more(stage: Stage) -> None:
    run = await stage.triggered("my-task")
    stage.emulator.faults.add(LagList(seconds=60))
    await stage.advance(60.5)
    late = await stage.listed_ids()
    await stage.advance(0.5)

    assert (late, await stage.listed_ids()) == ([], [run])


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Answer(times=0),
        lambda: Answer(retry_after=-1),
        lambda: Slow(seconds=float("inf")),
        lambda: LagList(seconds=-1),
    ],
)
def test_what_cannot_go_wrong_is_refused(wrong: Any) -> None:
    with pytest.raises(FaultError):
        wrong()


def test_faults_are_values() -> None:
    one: Fault = Answer(status=500)

    assert one == Answer(status=500)
    with pytest.raises(AttributeError):
        one.times = 3  # type: ignore[misc] - it is frozen
