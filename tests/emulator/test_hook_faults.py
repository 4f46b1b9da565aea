"""Faults of the events of hooks."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from jobwire.emulator import (
    CorruptWebhook,
    DelayWebhook,
    DuplicateWebhook,
    Fault,
    Faults,
    HookMoment,
    LoseWebhook,
    ReorderWebhook,
    Task,
)
from jobwire.emulator.clock import to_ms
from jobwire.emulator.faulty_hooks import FaultyHooks
from jobwire.emulator.node_hooks import NodeHookSender
from jobwire.emulator.recorded_hooks import RecordedHookSender
from jobwire.triggerdev import InvalidSignatureError, construct_event
from tests.clock import FakeClock
from tests.emulator.stage import Stage, opened
from tools.record_hooks import MOMENTS, Posted, Receiver

SECRET = "a secret of hooks"
WORK = Task("work", duration=10, output={"done": True})


class Hearer:
    """Keeps the kinds that it is sent."""

    def __init__(self) -> None:
        self.moments: list[HookMoment] = []

    async def send(self, moment: HookMoment) -> None:
        self.moments.append(moment)

    @property
    def kinds(self) -> list[str]:
        return [moment.kind for moment in self.moments]


@asynccontextmanager
async def hearing(
    folder: Path, clock: FakeClock, *faults: Fault
) -> AsyncIterator[tuple[Stage, Hearer]]:
    hearer = Hearer()
    options: dict[str, Any] = {"tasks": [WORK], "hooks": hearer, "faults": faults}
    async with opened(folder, clock, **options) as stage:
        yield stage, hearer


async def test_a_lost_event_never_comes_and_the_run_goes_on(
    tmp_path: Path, clock: FakeClock
) -> None:
    lose = LoseWebhook(event="RUN_COMPLETED")
    async with hearing(tmp_path, clock, lose) as (stage, hearer):
        run = await stage.triggered("work")
        await stage.advance(3600)

        assert await stage.status(run) == "COMPLETED"
    assert hearer.kinds == ["START_ATTEMPT"]


async def test_faults_of_alerts_leave_hooks_alone(
    tmp_path: Path, clock: FakeClock
) -> None:
    lose = LoseWebhook(channel="alerts")
    async with hearing(tmp_path, clock, lose) as (stage, hearer):
        await stage.triggered("work")
        await stage.advance(20)

    assert hearer.kinds == ["START_ATTEMPT", "SUCCESS"]


async def test_a_fault_may_be_of_one_run(tmp_path: Path, clock: FakeClock) -> None:
    async with hearing(tmp_path, clock) as (stage, hearer):
        first = await stage.triggered("work")
        second = await stage.triggered("work")
        stage.emulator.faults.add(LoseWebhook(run=first))
        await stage.advance(20)

    assert {moment.run_id for moment in hearer.moments} == {second}


async def test_a_late_event_comes_by_the_clock(
    tmp_path: Path, clock: FakeClock
) -> None:
    delay = DelayWebhook(event="RUN_STARTED", seconds=60)
    async with hearing(tmp_path, clock, delay) as (stage, hearer):
        await stage.triggered("work")
        await stage.advance(60)
        before = hearer.kinds
        await stage.advance(0.1)

    assert (before, hearer.kinds) == (["SUCCESS"], ["SUCCESS", "START_ATTEMPT"])


async def test_an_event_comes_so_often(tmp_path: Path, clock: FakeClock) -> None:
    thrice = DuplicateWebhook(copies=3, times=1)
    async with hearing(tmp_path, clock, thrice) as (stage, hearer):
        await stage.triggered("work")
        await stage.advance(20)

    assert hearer.kinds == ["START_ATTEMPT"] * 3 + ["SUCCESS"]
    assert hearer.moments[0] == hearer.moments[2]


async def test_an_event_comes_after_the_next_one(
    tmp_path: Path, clock: FakeClock
) -> None:
    reorder = ReorderWebhook(times=1)
    async with hearing(tmp_path, clock, reorder) as (stage, hearer):
        await stage.triggered("work")
        # Not so long that it would come by itself.
        await stage.advance(5)
        await stage.triggered("work")
        await stage.advance(0.1)

    runs = [moment.run_id for moment in hearer.moments]
    assert hearer.kinds == ["START_ATTEMPT", "START_ATTEMPT"]
    assert runs == sorted(runs, reverse=True)


async def test_an_event_that_no_other_follows_comes_all_the_same(
    tmp_path: Path, clock: FakeClock
) -> None:
    reorder = ReorderWebhook(event="RUN_COMPLETED")
    async with hearing(tmp_path, clock, reorder) as (stage, hearer):
        await stage.triggered("work")
        await stage.advance(20)
        before = hearer.kinds
        await stage.advance(0.1)

    assert (before, hearer.kinds[1:]) == (["START_ATTEMPT"], ["SUCCESS"])


async def test_what_cannot_be_corrupted_is_lost_and_said(
    tmp_path: Path, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    corrupt = CorruptWebhook(event="RUN_STARTED")
    async with hearing(tmp_path, clock, corrupt) as (stage, hearer):
        await stage.triggered("work")
        await stage.advance(20)

    assert hearer.kinds == ["SUCCESS"]
    assert "was not sent: its sender cannot corrupt it" in caplog.text


async def test_a_sender_that_fails_late_harms_nobody(
    tmp_path: Path, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    class Failing:
        async def send(self, _: HookMoment) -> None:
            raise ConnectionError

    delay = DelayWebhook(seconds=1)
    async with opened(
        tmp_path, clock, tasks=[WORK], hooks=Failing(), faults=[delay]
    ) as stage:
        run = await stage.triggered("work")
        await stage.advance(20)

        assert await stage.status(run) == "COMPLETED"
    assert "was not sent: ConnectionError" in caplog.text


async def test_what_is_on_its_way_at_the_end_is_dropped(clock: FakeClock) -> None:
    started, dropped = asyncio.Event(), asyncio.Event()

    class Stuck:
        async def send(self, _: HookMoment) -> None:
            started.set()
            try:
                await asyncio.Event().wait()
            finally:
                dropped.set()

    faults = Faults([DelayWebhook(seconds=1)])
    hooks = FaultyHooks(Stuck(), faults, now=clock.now, wake=started.clear)
    await hooks.send(MOMENTS[0])
    early = hooks.take_due(to_ms(clock.now()))
    due = hooks.take_due(to_ms(clock.advance(1)))
    await started.wait()
    await hooks.close()

    assert (early, due, dropped.is_set()) == (False, True, True)
    assert not hooks.is_busy


@pytest.mark.parametrize("part", ["signature", "body"])
@pytest.mark.parametrize("sender", [NodeHookSender, RecordedHookSender])
@pytest.mark.usefixtures("node_project")
async def test_a_corrupted_event_is_refused_by_its_receiver(
    tmp_path: Path, clock: FakeClock, receiver: Receiver, sender: Any, part: Any
) -> None:
    corrupt = CorruptWebhook(event="RUN_STARTED", part=part)
    async with (
        sender(receiver.url, SECRET) as hooks,
        opened(tmp_path, clock, tasks=[WORK], hooks=hooks, faults=[corrupt]) as stage,
    ):
        await stage.triggered("work")
        await stage.advance(20)
        corrupted, whole = await receiver.wait_for(2)

    assert read(whole).type == "RUN_COMPLETED"
    with pytest.raises(InvalidSignatureError, match="fits none of the secrets"):
        read(corrupted)


def read(posted: Posted) -> Any:
    signed_at = int(posted.headers["webhook-timestamp"])
    return construct_event(
        posted.body,
        posted.headers,
        [SECRET],
        now=datetime.fromtimestamp(signed_at, UTC),
    )


def test_the_kinds_of_moments_are_the_types_of_events() -> None:
    file = Path(__file__).parents[2] / "jobwire/emulator/recorded_hooks.json"
    recorded = json.loads(file.read_text())

    assert {kind: one["body"]["type"] for kind, one in recorded.items()} == {
        "START_ATTEMPT": "RUN_STARTED",
        "PROGRESS": "RUN_PROGRESS",
        "SUCCESS": "RUN_COMPLETED",
        "FAILURE": "RUN_FAILED",
        "CANCEL": "RUN_CANCELED",
    }
