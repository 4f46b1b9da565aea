"""Handing work between threads."""

import asyncio
import threading
from datetime import timedelta

import pytest

from jobwire.jobs.registry import Registry
from jobwire.worker.event_loop import new_event_loop
from jobwire.worker.lane import Lane
from jobwire.worker.mailbox import Mailbox
from jobwire.worker.settings import WorkerSettings, WorkerSettingsError
from jobwire.worker.sync_threads import SyncThreads
from tests.worker.conftest import PATIENCE, signaled


async def test_mailbox_delivers_everything_in_order_and_in_batches() -> None:
    batches: list[list[int]] = []
    done = asyncio.Event()

    def deliver(items: list[int]) -> None:
        batches.append(items)
        if items[-1] == 9999:
            done.set()

    mailbox = Mailbox(asyncio.get_running_loop(), deliver)

    def put_all() -> None:
        for number in range(10_000):
            mailbox.put(number)

    threading.Thread(target=put_all).start()
    async with asyncio.timeout(PATIENCE):
        await done.wait()

    assert [item for batch in batches for item in batch] == list(range(10_000))
    assert len(batches) < 10_000


def test_mailbox_of_a_closed_loop_drops_what_comes() -> None:
    loop = new_event_loop()
    mailbox: Mailbox[int] = Mailbox(loop, lambda _: None)
    loop.close()

    mailbox.put(1)


async def test_sync_threads_are_reused_and_bounded() -> None:
    threads = SyncThreads(2)
    names: list[str] = []
    done = threading.Semaphore(0)

    def call() -> None:
        names.append(threading.current_thread().name)
        done.release()

    for _ in range(5):
        threads.submit(call)
        assert await asyncio.to_thread(done.acquire, timeout=PATIENCE)
    threads.stop()

    assert set(names) <= {"jobwire-job-1", "jobwire-job-2"}


async def test_sync_threads_never_keep_a_process_alive() -> None:
    threads = SyncThreads(1)
    is_daemon: list[bool] = []
    called = threading.Event()

    def call() -> None:
        is_daemon.append(threading.current_thread().daemon)
        called.set()

    threads.submit(call)
    await signaled(called)
    threads.stop()

    assert is_daemon == [True]


@pytest.mark.parametrize(
    ("running", "overdue", "free"),
    [(0, 0, 3), (3, 0, 0), (3, 2, 2), (5, 2, 0), (3, 3, 3), (6, 3, 0), (6, 6, 0)],
)
def test_overdue_code_gives_back_at_most_a_lane_of_places(
    running: int, overdue: int, free: int
) -> None:
    lane = Lane(Registry([]), is_async=False, capacity=3)

    lane.running, lane.overdue = running, overdue

    assert lane.free == free


@pytest.mark.parametrize(
    "setting",
    [{"concurrency": 0}, {"threads": -1}, {"lease": timedelta()}, {"claim_batch": 0}],
)
def test_settings_out_of_range_are_refused_by_name(setting: dict[str, int]) -> None:
    (name,) = setting

    with pytest.raises(WorkerSettingsError, match=f"{name} must be above zero"):
        WorkerSettings(**setting)  # type: ignore[arg-type]  # any of them


def test_heartbeat_comes_four_times_per_lease() -> None:
    assert WorkerSettings(lease=timedelta(seconds=10)).heartbeat_interval == timedelta(
        seconds=2.5
    )
