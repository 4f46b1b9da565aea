"""Workers over Trigger.dev: real ones, over a real socket, with a real clock."""

import asyncio
import json
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from jobwire.emulator.recorded_hooks import RecordedHookSender
from jobwire.jobs.decorator import job
from jobwire.jobs.sync_paths import SyncPath
from jobwire.models.vocabulary import CancelMode, Executor, JobStatus
from tests.gql.client import Socket
from tests.servers import running_server
from tests.worker.conftest import PATIENCE, Workbench, until
from tests.worker.trigger_dev import TriggerDev, served

ROOT = Path(__file__).parents[2]
SECRET = "a secret between hooks and us"
TOKENS = "/api/v1/waitpoints/tokens"
DUTIES = {
    "attention",
    "horizon",
    "retention",
    "batches",
    "counts",
    "stop-runs",
    "inbox",
    "realtime",
    "sync",
    "reconcile",
    "schedules",
}


@job("local")
async def local(data: Any) -> Any:
    return data


@job("local-slow")
async def local_slow() -> None:
    await asyncio.Event().wait()


@pytest.fixture
async def trigger_dev(tmp_path: Path) -> AsyncIterator[TriggerDev]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        async with served(tmp_path, listener) as trigger_dev:
            yield trigger_dev


async def remote(bench: Workbench, task: str = "quick", **fields: Any) -> UUID:
    """Schedule a TRIGGER job."""
    return await bench.schedule(
        task, executor=Executor.TRIGGER, trigger_task_id=task, **fields
    )


async def holders(bench: Workbench) -> dict[str, str]:
    """Return who has which duty at the moment, but for that of a single pass."""
    rows = await bench.fetch(
        "SELECT name, holder FROM duties"
        " WHERE until > clock_timestamp() AND name <> 'reconcile-pass'"
    )
    return {row["name"]: row["holder"] for row in rows}


async def states(bench: Workbench) -> Counter[str]:
    rows = await bench.fetch("SELECT dispatch_state FROM worker_jobs")
    return Counter(row["dispatch_state"] for row in rows)


async def arrived(trigger_dev: TriggerDev, count: int) -> None:
    async def look() -> bool:
        return trigger_dev.doorway.arrived >= count

    await until(look, f"{count} triggers")


async def test_jobs_of_both_kinds_stand_in_one_list_and_end(
    bench: Workbench, trigger_dev: TriggerDev
) -> None:
    await bench.start(local, trigger=trigger_dev.settings())
    ids = []
    for number in range(10):
        ids.append(await bench.schedule("local", {"n": number}))
        ids.append(await remote(bench, data={"n": number}))

    jobs = [await bench.ended(id) for id in ids]

    assert {one.status for one in jobs} == {JobStatus.SUCCEEDED}
    assert [json.loads(one.result or "")["n"] for one in jobs] == [
        number for number in range(10) for _ in range(2)
    ]
    place = f"{trigger_dev.url}#{trigger_dev.emulator.environment_id}"
    assert [one.trigger_environment for one in jobs] == [None, place] * 10
    assert [len(await trigger_dev.runs(id)) for id in ids] == [0, 1] * 10


async def test_attempts_and_failures_of_runs_are_followed_without_any_hook(
    bench: Workbench, trigger_dev: TriggerDev
) -> None:
    await bench.start(trigger=trigger_dev.settings())
    failed, twice = await remote(bench, "fails"), await remote(bench, "twice")

    job = await bench.ended(failed)
    assert (job.status, job.failure_kind) == (JobStatus.FAILED, "TASK_ERROR")
    job = await bench.ended(twice)
    assert (job.status, job.attempts) == (JobStatus.SUCCEEDED, 2)


async def test_running_jobs_of_both_kinds_are_canceled(
    bench: Workbench, trigger_dev: TriggerDev
) -> None:
    await bench.start(local_slow, trigger=trigger_dev.settings())
    ids = [await bench.schedule("local-slow"), await remote(bench, "slow")]
    for id in ids:
        await bench.reaches(id, JobStatus.RUNNING)

    for id in ids:
        await bench.cancel(id)

    jobs = [await bench.ended(id) for id in ids]
    assert [(one.status, one.cancel_outcome) for one in jobs] == [
        (JobStatus.CANCELED, "STOPPED")
    ] * 2
    [run] = await trigger_dev.runs(ids[1])
    assert await trigger_dev.stage.status(run) == "CANCELED"


async def test_a_job_is_forced_during_an_outage_and_its_run_is_stopped_after_it(
    bench: Workbench, trigger_dev: TriggerDev
) -> None:
    await bench.start(trigger=trigger_dev.settings(), doorbell_enabled=False)
    id = await remote(bench, "slow")
    await bench.reaches(id, JobStatus.RUNNING)
    trigger_dev.doorway.is_shut = True

    await bench.cancel(id, mode=CancelMode.FORCE, grace_period=timedelta())

    sealed = await bench.ended(id)
    assert (sealed.status, sealed.cancel_outcome) == ("CANCELED", "FORCED_UNCONFIRMED")
    [run] = await trigger_dev.runs(id)
    assert await trigger_dev.stage.status(run) == "EXECUTING"
    trigger_dev.doorway.is_shut = False

    async def stopped() -> bool:
        return await trigger_dev.stage.status(run) == "CANCELED"

    await until(stopped, "the end of the run")
    assert await bench.job(id) == sealed


async def test_an_outage_delays_jobs_and_doubles_none(
    bench: Workbench, trigger_dev: TriggerDev
) -> None:
    trigger_dev.doorway.is_shut = True
    ids = [await remote(bench) for _ in range(5)]
    await bench.start(trigger=trigger_dev.settings())
    early = await remote(bench)
    assert (await states(bench))["linked"] == 0

    trigger_dev.doorway.is_shut = False

    for id in (*ids, early):
        assert (await bench.ended(id)).status == JobStatus.SUCCEEDED
        assert len(await trigger_dev.runs(id)) == 1


async def test_an_outage_amid_the_sends_delays_jobs_and_doubles_none(
    bench: Workbench, trigger_dev: TriggerDev
) -> None:
    await bench.start(trigger=trigger_dev.settings())
    # The environment is known, and the sends themselves meet the outage.
    await bench.ended(await remote(bench))
    trigger_dev.doorway.is_shut = True
    ids = [await remote(bench, "fails") for _ in range(5)]

    async def met() -> bool:
        return (await states(bench))["unknown"] > 0

    await until(met, "a lost answer")
    trigger_dev.doorway.is_shut = False

    for id in ids:
        assert (await bench.ended(id)).status == JobStatus.FAILED
        assert len(await trigger_dev.runs(id)) == 1


async def test_a_drain_lets_what_is_under_way_be_answered(
    bench: Workbench, trigger_dev: TriggerDev
) -> None:
    trigger_dev.doorway.held_after = set(range(10))
    ids = [await remote(bench, "slow") for _ in range(10)]
    worker = await bench.start(trigger=trigger_dev.settings())
    await arrived(trigger_dev, 10)
    assert await states(bench) == {"sending": 10}

    draining = asyncio.create_task(worker.drain())
    await until(_async(lambda: not worker.is_running))
    trigger_dev.doorway.open()
    await draining

    assert await states(bench) == {"linked": 10}
    assert [len(await trigger_dev.runs(id)) for id in ids] == [1] * 10


def _async(look: Any) -> Any:
    async def looked() -> bool:
        return bool(look())

    return looked


async def test_one_worker_has_each_duty_and_leaves_it_to_the_other(
    bench: Workbench, trigger_dev: TriggerDev
) -> None:
    first = await bench.start(trigger=trigger_dev.settings())
    await until(_all_held_by(bench, first.id), "the duties of the first")
    second = await bench.start(trigger=trigger_dev.settings())
    for id in [await remote(bench) for _ in range(3)]:
        await bench.ended(id)
    assert await holders(bench) == dict.fromkeys(DUTIES, first.id)

    await first.drain()

    left = {
        name for name, holder in (await holders(bench)).items() if holder == first.id
    }
    assert left == set()
    await until(_all_held_by(bench, second.id), "the duties of the second")
    rows = await bench.fetch("SELECT term FROM duties WHERE name <> 'reconcile-pass'")
    assert {row["term"] for row in rows} == {2}
    assert (await bench.ended(await remote(bench))).status == JobStatus.SUCCEEDED


@pytest.mark.parametrize(
    ("paths", "duties"),
    [
        ({SyncPath.REALTIME}, DUTIES - {"sync"}),
        ({SyncPath.POLL}, DUTIES - {"realtime"}),
        ({SyncPath.WEBHOOK}, DUTIES - {"realtime", "sync"}),
        (set(), DUTIES - {"realtime", "sync"}),
    ],
    ids=["realtime", "poll", "webhook", "none"],
)
async def test_a_path_that_is_left_out_does_not_run(
    bench: Workbench,
    trigger_dev: TriggerDev,
    paths: set[SyncPath],
    duties: set[str],
) -> None:
    await bench.start(trigger=trigger_dev.settings(paths=frozenset(paths)))

    async def settled() -> bool:
        return set(await holders(bench)) >= duties

    await until(settled, "the duties")
    assert set(await holders(bench)) == duties


def _all_held_by(bench: Workbench, holder: str) -> Any:
    async def look() -> bool:
        return await holders(bench) == dict.fromkeys(DUTIES, holder)

    return look


@asynccontextmanager
async def doomed(
    bench: Workbench, url: str, *paths: SyncPath
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a worker in a process of its own, which hears of runs by these paths."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.worker.doomed_dispatcher",
        str(bench.database.url),
        url,
        *paths,
        cwd=ROOT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_worker_killed_amid_its_sends_leaves_one_run_of_each_job(
    bench: Workbench, trigger_dev: TriggerDev
) -> None:
    tasks = ["quick", "fails", "slow"] * 4
    doorway = trigger_dev.doorway
    # Of each task some are lost on their way, and of some only the answer.
    doorway.held_before, doorway.held_after = set(range(3, 6)), set(range(6, 12))
    ids = [await remote(bench, task, rings=False) for task in tasks]
    # By any path it would hear of runs whose answers are held.
    async with doomed(bench, trigger_dev.url) as process:
        await arrived(trigger_dev, len(tasks))

        async def linked_and_failed() -> bool:
            listed = await trigger_dev.stage.listed(**{"filter[createdAt][from]": "0"})
            ended = Counter(one["status"] for one in listed["data"])
            return (await states(bench))["linked"] == 3 and ended["FAILED"] >= 2

        await until(linked_and_failed, "runs that fail while their answer is held")
        process.kill()
        await process.wait()
    doorway.open(drops=True)
    assert (await states(bench))["sending"] == 9

    await bench.start(trigger=trigger_dev.settings())

    slow = [id for id, task in zip(ids, tasks, strict=True) if task == "slow"]
    for id in slow:
        await bench.reaches(id, JobStatus.RUNNING)
    for id in slow:
        await bench.cancel(id)
    ends = [(await bench.ended(id)).status for id in ids]
    assert ends == [JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELED] * 4
    assert [len(await trigger_dev.runs(id)) for id in ids] == [1] * len(ids)
    # Three got through at once, three again after they were lost.
    assert doorway.arrived == len(tasks) + 3


async def test_duties_of_a_killed_worker_are_taken_over(
    bench: Workbench, trigger_dev: TriggerDev
) -> None:
    async with doomed(bench, trigger_dev.url, *SyncPath) as process:
        await until(_async_holders(bench), "the duties of the doomed one")
        dead = set((await holders(bench)).values())
        second = await bench.start(trigger=trigger_dev.settings())
        process.kill()
        await process.wait()

    await until(_all_held_by(bench, second.id), "the duties of the second")

    assert dead.isdisjoint({second.id})
    assert (await bench.ended(await remote(bench))).status == JobStatus.SUCCEEDED


def _async_holders(bench: Workbench) -> Any:
    async def look() -> bool:
        return set(await holders(bench)) == DUTIES

    return look


async def test_hooks_reach_a_live_subscription_through_a_real_server(
    bench: Workbench, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        given = {
            "trigger_secret_key": "tr_dev_emulator",
            "trigger_api_url": f"http://127.0.0.1:{listener.getsockname()[1]}",
            "trigger_webhook_secret": SECRET,
            "trigger_sync": "webhook,poll",
        }
        server = await asyncio.to_thread(
            Entered, running_server(str(bench.database.url), **given)
        )
        try:
            await _follow(bench, server.up.url, listener, tmp_path)
        finally:
            await asyncio.to_thread(server.leave)


class Entered:
    """A context manager that was entered, whose exit may wait for this event loop."""

    def __init__(self, manager: Any) -> None:
        self._manager = manager
        self.up = manager.__enter__()

    def leave(self) -> None:
        self._manager.__exit__(None, None, None)


async def _follow(
    bench: Workbench, url: str, listener: socket.socket, folder: Path
) -> None:
    schedule = """mutation { scheduleJob(input: {
        type: "held", tag: "t", executor: TRIGGER, triggerTaskId: "held",
        data: {token: "%s"}}) { job { id } errors { message } } }"""
    watch = """subscription { jobListUpdates { __typename
        ... on JobChange { event { source } job { status progress { fraction } } }
    } }"""
    async with (
        RecordedHookSender(f"{url}/api/trigger/webhook", SECRET) as sender,
        served(folder, listener, hooks=sender) as trigger_dev,
        Socket(f"{url.replace('http', 'ws')}/graphql") as live,
    ):
        await live.send({"type": "connection_init"})
        assert await live.receive() == {"type": "connection_ack"}
        await live.subscribe(watch)
        made = await trigger_dev.stage.http.post(TOKENS, json={})
        token = made.json()["id"]
        await live.subscribe(schedule % token, operation="2")
        # Only hooks tell of progress, and it stands until that has been heard of; with
        # the start, if that is heard later.
        seen = await _sources_until(live, lambda job: job["progress"] is not None)
        assert "WEBHOOK" in seen
        await trigger_dev.stage.http.post(f"{TOKENS}/{token}/complete", json={})
        seen = await _sources_until(live, lambda job: job["status"] == "SUCCEEDED")

    assert seen[-1] == "RECONCILER"
    rows = await bench.fetch(
        "SELECT handled_at IS NOT NULL AS handled, error FROM webhook_deliveries"
    )
    assert {(row["handled"], row["error"]) for row in rows} == {(True, None)}


async def _sources_until(
    live: Socket, is_so: Callable[[dict[str, Any]], bool]
) -> list[str]:
    """Read who has written each event, until one tells that a job is so."""
    seen: list[str] = []
    async with asyncio.timeout(PATIENCE):
        while True:
            message = await live.receive()
            assert "errors" not in message.get("payload", {}), message
            update = message.get("payload", {}).get("data", {}).get("jobListUpdates")
            if update and update["__typename"] == "JobChange":
                seen.append(update["event"]["source"])
                if is_so(update["job"]):
                    return seen
