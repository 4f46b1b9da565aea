"""Workers notify other back ends: each event, once per target, whoever is away."""

import asyncio
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response

from jobwire.jobs.clock import SystemClock
from jobwire.jobs.context import JobContext
from jobwire.jobs.decorator import job
from jobwire.jobs.definition import JobDefinition
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.notify import EVERY_TYPE, Notify
from jobwire.jobs.registry import Registry, collect
from jobwire.models.vocabulary import NotificationStatus
from jobwire.triggerdev import verify
from jobwire.worker.hooks import WorkerHooks
from jobwire.worker.notification_settings import NotificationSettings
from tests.receiver import OTHER_SECRET, SECRET, Receiver, running_receiver
from tests.worker import doomed_notifier
from tests.worker.conftest import Workbench, until

ROOT = Path(__file__).parents[2]
JOBS = 20
SOON = timedelta(milliseconds=20)
#: Of a job that runs without a hitch.
STEPS = ["job.created", "job.started", "job.succeeded"]


@job("greet")
async def greet() -> str:
    return "hello"


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with running_receiver() as receiver:
        yield receiver


def told(*everywhere: Notify, **given: Any) -> NotificationSettings:
    return NotificationSettings(
        everywhere=everywhere,
        secrets=(SECRET,),
        **{"first_pause": SOON, "last_pause": SOON, **given},
    )


async def recording(bench: Workbench) -> None:
    """Wait until the log is followed: what happens from then on is told."""

    async def look() -> bool:
        return bool(await bench.fetch("SELECT FROM notification_cursor"))

    await until(look, "a cursor")


async def delivered(bench: Workbench, number: int) -> None:
    async def look() -> bool:
        rows = await bench.fetch("SELECT FROM notifications WHERE status = 'DELIVERED'")
        return len(rows) == number

    await until(look, f"{number} delivered")


async def test_a_job_is_told_from_its_creation_to_its_end(
    bench: Workbench, receiver: Receiver
) -> None:
    await bench.start(greet, notifications=told(Notify(receiver.url)))
    await recording(bench)

    job_id = await bench.schedule("greet", {})
    posted = await receiver.count(3)

    in_order = sorted(posted, key=lambda one: one.json["data"]["event"]["jobVersion"])
    assert [one.type for one in in_order] == STEPS
    for one in posted:
        verify(one.body, one.headers, [SECRET], now=SystemClock().now())
        data = one.json["data"]
        assert data["job"]["id"] == job_id_text(job_id)
        assert data["job"]["version"] >= data["event"]["jobVersion"]
    assert len({one.id for one in posted}) == 3
    await delivered(bench, 3)


async def test_a_type_tells_whom_it_names_beside_the_others(
    bench: Workbench, receiver: Receiver
) -> None:
    own = Notify(f"{receiver.url}/own?key=k", events=["job.succeeded"])

    @job("report", notify=own)
    async def report() -> None:
        return None

    everybody = Notify(f"{receiver.url}/all", events=["job.succeeded"])
    await bench.start(greet, report, notifications=told(everybody))
    await recording(bench)
    for name in ("greet", "report"):
        await bench.schedule(name, {})

    posted = await receiver.count(3)

    found = sorted((one.path, one.json["data"]["job"]["type"]) for one in posted)
    assert found == [
        ("/hooks/all", "greet"),
        ("/hooks/all", "report"),
        ("/hooks/own?key=k", "report"),
    ]
    rows = await bench.fetch("SELECT DISTINCT target FROM notifications")
    assert not [row for row in rows if "key" in row["target"]]


async def test_progress_is_told_when_asked_for(
    bench: Workbench, receiver: Receiver
) -> None:
    @job("count")
    async def count(context: JobContext) -> None:
        context.progress(0.5, message="half")

    await bench.start(
        count, notifications=told(Notify(receiver.url, events=["job.progress"]))
    )
    await recording(bench)
    await bench.schedule("count", {})

    [posted] = await receiver.count(1)

    assert posted.type == "job.progress"
    assert posted.json["data"]["job"]["progress"]["fraction"] == 0.5


async def test_what_was_before_the_first_target_is_not_told(
    bench: Workbench, receiver: Receiver
) -> None:
    await bench.start(greet)
    await bench.ended(await bench.schedule("greet", {}))

    await bench.start(notifications=told(Notify(receiver.url, events=[EVERY_TYPE])))
    await recording(bench)
    later = await bench.schedule("greet", {})
    await bench.ended(later)
    posted = await receiver.count(3)

    assert {one.json["data"]["job"]["id"] for one in posted} == {job_id_text(later)}


async def test_a_target_that_is_away_holds_up_no_other(
    bench: Workbench, receiver: Receiver
) -> None:
    ended = ["job.succeeded"]
    async with running_receiver() as stuck:
        stuck.gate.clear()
        await bench.start(
            greet,
            notifications=told(
                Notify("http://127.0.0.1:1/nobody", ended),
                Notify(stuck.url, ended),
                Notify(receiver.url, ended),
            ),
        )
        await recording(bench)
        for _ in range(30):
            await bench.schedule("greet", {})

        assert len(await receiver.count(30)) == 30

        # The others have what is theirs, and no more than may be under way.
        assert len(stuck.posted) <= NotificationSettings().at_once
    rows = await bench.fetch(
        "SELECT error FROM notifications"
        " WHERE target LIKE '%nobody' AND error IS NOT NULL"
    )
    assert rows
    assert all(row["error"].startswith("No answer: Connect") for row in rows)


async def test_one_that_was_not_taken_is_sent_again_with_the_same_id_and_body(
    bench: Workbench, receiver: Receiver
) -> None:
    receiver.answers.append(Response("try later", 503))
    await bench.start(
        greet, notifications=told(Notify(receiver.url, ["job.succeeded"]))
    )
    await recording(bench)
    await bench.schedule("greet", {})
    await receiver.count(1)

    async def look() -> bool:
        rows = await bench.fetch("SELECT error FROM notifications")
        return rows[0]["error"] == "HTTP 503: try later"

    await until(look, "the answer to be written")
    # Its wait is over at once, as if the time had passed.
    await bench.fetch("UPDATE notifications SET next_attempt_at = now()")
    first, second = await receiver.count(2)

    assert (first.id, first.body) == (second.id, second.body)
    await delivered(bench, 1)
    [row] = await bench.fetch("SELECT attempts, error, status_code FROM notifications")
    assert tuple(row) == (2, None, 204)


async def test_who_is_gone_is_told_no_more_of_that_event(
    bench: Workbench, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    counted: list[NotificationStatus] = []

    class Counting(WorkerHooks):
        def notified(self, status: NotificationStatus) -> None:
            counted.append(status)

    receiver.answers.append(Response(status_code=410))
    await bench.start(
        greet, hooks=Counting(), notifications=told(Notify(f"{receiver.url}?key=k"))
    )
    await recording(bench)
    await bench.schedule("greet", {})

    async def all_counted() -> bool:
        return len(counted) == 3

    await until(all_counted, "three attempts")
    assert sorted(counted) == ["DELIVERED", "DELIVERED", "FAILED"]
    assert "is given up after attempt 1: HTTP 410" in caplog.text
    assert "key=k" not in caplog.text
    assert len(receiver.posted) == 3


async def test_a_secret_that_is_exchanged_signs_from_then_on(
    bench: Workbench, receiver: Receiver
) -> None:
    def types(secret: str) -> tuple[JobDefinition, ...]:
        @job("greet", notify=Notify(receiver.url, "job.succeeded", secret=secret))
        def greet() -> None:
            return None

        return collect(greet)

    registry = Registry(types(SECRET))
    await bench.start(registry=registry, notifications=told())
    await recording(bench)
    await bench.schedule("greet", {})
    [first] = await receiver.count(1)
    await delivered(bench, 1)

    registry.replace(types(OTHER_SECRET))
    await bench.schedule("greet", {})
    _, second = await receiver.count(2)

    now = SystemClock().now()
    verify(first.body, first.headers, [SECRET], now=now)
    verify(second.body, second.headers, [OTHER_SECRET], now=now)


async def test_a_type_that_only_another_worker_has_is_told_of_as_well(
    bench: Workbench, receiver: Receiver
) -> None:
    @job("report", notify=Notify(f"{receiver.url}/own", "job.succeeded"))
    async def report() -> None:
        return None

    everybody = Notify(f"{receiver.url}/all", "job.failed")
    # It records, and knows only its own type.
    await bench.start(greet, notifications=told(everybody))
    await recording(bench)
    await bench.start(report, notifications=told(everybody))

    async def announced() -> bool:
        return bool(await bench.fetch("SELECT FROM notification_rules"))

    await until(announced, "the rule of the other worker")
    await bench.schedule("report", {})

    [posted] = await receiver.count(1)
    assert posted.path == "/hooks/own"


async def test_what_is_refused_for_itself_slows_nothing_down(
    bench: Workbench, receiver: Receiver
) -> None:
    receiver.answers.extend(Response(status_code=422) for _ in range(5))
    patient = timedelta(minutes=10)
    await bench.start(
        greet,
        notifications=told(
            Notify(receiver.url), first_pause=patient, last_pause=patient
        ),
    )
    await recording(bench)
    for _ in range(5):
        await bench.schedule("greet", {})

    await delivered(bench, 10)


async def test_without_the_doorbell_it_only_takes_longer(
    bench: Workbench, receiver: Receiver
) -> None:
    await bench.start(
        greet, doorbell_enabled=False, notifications=told(Notify(receiver.url))
    )
    await recording(bench)
    await bench.schedule("greet", {}, rings=False)

    assert sorted(one.type for one in await receiver.count(3)) == sorted(STEPS)


async def test_without_a_target_nothing_is_asked_of_the_database(
    bench: Workbench,
) -> None:
    await bench.start(greet, notifications=told())
    await bench.ended(await bench.schedule("greet", {}))

    assert await bench.fetch("SELECT FROM notification_cursor") == []
    assert await bench.fetch("SELECT FROM duties WHERE name = 'notifications'") == []


async def test_who_is_switched_off_begins_anew_when_switched_on(
    bench: Workbench, receiver: Receiver
) -> None:
    worker = await bench.start(greet, notifications=told(Notify(receiver.url)))
    await recording(bench)
    await worker.drain()

    await bench.start(greet, notifications=told())

    async def forgotten() -> bool:
        return not await bench.fetch("SELECT FROM notification_cursor")

    await until(forgotten, "the cursor to be forgotten")


async def test_a_drain_waits_for_what_is_under_way(
    bench: Workbench, receiver: Receiver
) -> None:
    receiver.gate.clear()
    worker = await bench.start(
        greet, notifications=told(Notify(receiver.url, ["job.succeeded"]))
    )
    await recording(bench)
    await bench.schedule("greet", {})
    await receiver.count(1)

    draining = asyncio.create_task(worker.drain())
    receiver.gate.set()
    await draining

    await delivered(bench, 1)


async def test_workers_that_are_killed_amid_deliveries_lose_none(
    bench: Workbench, receiver: Receiver
) -> None:
    async with killable(str(bench.database.url), receiver.url) as spawn:
        first = await spawn()
        await recording(bench)
        receiver.gate.clear()
        for _ in range(JOBS):
            await bench.schedule("greet", {})
        # Messages that were sent and whose answer nobody will hear.
        await receiver.count(3)
        first.kill()
        await first.wait()
        receiver.gate.set()

        second = await spawn()
        await receiver.count(JOBS)
        second.kill()
        await second.wait()
        async with doomed_notifier.worker(bench.database.url, receiver.url):
            await all_told(bench)

    events = await bench.fetch(
        "SELECT job_id, version FROM job_events"
        " WHERE from_status IS DISTINCT FROM to_status"
    )
    ids: dict[tuple[str, int], set[str]] = {}
    for one in receiver.posted:
        event = one.json["data"]["event"]
        ids.setdefault((event["jobId"], event["jobVersion"]), set()).add(one.id)
    assert set(ids) == {(job_id_text(row["job_id"]), row["version"]) for row in events}
    assert {len(each) for each in ids.values()} == {1}
    # Otherwise nobody was killed amid anything.
    assert len(receiver.posted) > len(ids)


async def all_told(bench: Workbench) -> None:
    async def look() -> bool:
        [open_jobs] = await bench.fetch(
            "SELECT count(*) AS n FROM worker_jobs WHERE status <> 'SUCCEEDED'"
        )
        [told] = await bench.fetch(
            """SELECT count(*) AS events, (SELECT count(*) FROM notifications
                 WHERE status = 'DELIVERED') AS delivered FROM job_events
                WHERE from_status IS DISTINCT FROM to_status"""
        )
        return bool(open_jobs["n"] == 0 and told["events"] == told["delivered"])

    await until(look, "everything to be told")


@asynccontextmanager
async def killable(
    *arguments: str,
) -> AsyncIterator[Callable[[], Awaitable[Process]]]:
    processes: list[Process] = []

    async def spawn() -> Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.worker.doomed_notifier", *arguments, cwd=ROOT
        )
        processes.append(process)
        return process

    yield spawn
    for process in processes:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
