"""The log of a job as its worker writes it, and the metadata that its code changes."""

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from jobwire.jobs.clock import SystemClock
from jobwire.jobs.context import JobContext
from jobwire.jobs.decorator import job
from jobwire.jobs.logs.append import MAX_LINES, Portion, append
from jobwire.jobs.logs.line import Line
from jobwire.jobs.transitions.progress import Report, record_metadata
from jobwire.jobs.transitions.rescue import rescue
from jobwire.models.vocabulary import LogLevel
from tests.worker.conftest import PATIENCE, Workbench, signaled, until
from tests.worker.proxy import Proxy


@pytest.fixture
async def proxy(bench: Workbench) -> AsyncIterator[Proxy]:
    proxy = Proxy(bench.database.url)
    await proxy.mend()
    yield proxy
    await bench.close()
    await proxy.cut()


async def log_of(bench: Workbench, job_id: UUID) -> list[dict[str, Any]]:
    rows = await bench.fetch(
        """SELECT level, attempt, message, fields, dropped, at FROM job_logs
            WHERE job_id = $1 ORDER BY id""",
        job_id,
    )
    return [dict(row) for row in rows]


async def messages_of(bench: Workbench, job_id: UUID) -> list[str]:
    return [line["message"] for line in await log_of(bench, job_id)]


@pytest.mark.parametrize("is_async", [True, False])
async def test_what_code_logs_is_stored_before_its_end(
    bench: Workbench, *, is_async: bool
) -> None:
    def work(context: JobContext) -> None:
        context.log.debug("not kept")
        context.log.info("row %d", 7, extra={"row": 7, "name": "Ada"})  # noqa: G101 - it must not hurt
        helper = threading.Thread(target=context.log.warning, args=("from a thread",))
        helper.start()
        helper.join()
        try:
            int("no")
        except ValueError:
            context.log.exception("it failed")

    @job("talk")
    async def talk_async(context: JobContext) -> None:
        work(context)

    @job("talk")
    def talk_sync(context: JobContext) -> None:
        work(context)

    await bench.start(talk_async if is_async else talk_sync)
    job_id = await bench.schedule("talk")
    await bench.ended(job_id)

    first, second, third = await log_of(bench, job_id)
    assert (first["level"], first["attempt"], first["message"]) == ("INFO", 1, "row 7")
    assert json.loads(first["fields"]) == {"row": 7, "name": "Ada"}
    assert (second["level"], second["message"]) == ("WARN", "from a thread")
    assert (third["level"], third["message"]) == ("ERROR", "it failed")
    assert json.loads(third["fields"])["exception"].endswith(": 'no'\n")
    assert first["at"] < second["at"] < third["at"]
    # A line is no event.
    assert await bench.events(job_id) == ["CREATED", "STARTED", "SUCCEEDED"]


async def test_the_setting_decides_what_is_stored_whatever_logging_is_set_to(
    bench: Workbench, caplog: pytest.LogCaptureFixture
) -> None:
    @job("talk")
    async def talk(context: JobContext) -> bool:
        for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
            context.log.log(level, "line")
        return context.log.isEnabledFor(logging.DEBUG)

    for level, kept in [(LogLevel.DEBUG, 4), (LogLevel.ERROR, 1)]:
        with caplog.at_level(logging.CRITICAL, logger="jobwire.job"):
            worker = await bench.start(talk, log_level=level)
            job_id = await bench.schedule("talk")
            ended = await bench.ended(job_id)
            await worker.drain()

        assert len(await log_of(bench, job_id)) == kept
        assert ended.result == str(level is LogLevel.DEBUG).lower()


async def test_lines_can_be_read_while_the_job_runs(bench: Workbench) -> None:
    go = threading.Event()

    @job("talk")
    def talk(context: JobContext) -> None:
        for number in range(150):
            context.log.info("line %d", number)
        go.wait(PATIENCE)

    await bench.start(talk)
    job_id = await bench.schedule("talk")

    async def seen() -> bool:
        return len(await messages_of(bench, job_id)) == 150

    await until(seen, "the lines")
    go.set()
    await bench.ended(job_id)


async def test_a_flood_costs_no_other_job_and_its_newest_lines_are_kept(
    bench: Workbench,
) -> None:
    flooding = threading.Event()
    stop = threading.Event()

    @job("flood")
    def flood(context: JobContext) -> int:
        number = 0
        while not stop.is_set() or number < 3 * MAX_LINES:
            context.log.info("line %d", number)
            number += 1
            if number > 2 * MAX_LINES:
                flooding.set()
                # Lets others have the interpreter, faster than any disk is.
                stop.wait(0.0001)
        return number

    @job("calm")
    async def calm(context: JobContext) -> None:
        context.log.info("calm")

    await bench.start(flood, calm)
    flood_id = await bench.schedule("flood")
    await signaled(flooding)
    calm_id = await bench.schedule("calm")
    await bench.ended(calm_id)
    assert await messages_of(bench, calm_id) == ["calm"]
    assert (await bench.job(flood_id)).status == "RUNNING"
    stop.set()
    ended = await bench.ended(flood_id)

    written = int(ended.result or 0)
    note, *kept = await log_of(bench, flood_id)
    assert len(kept) == MAX_LINES
    assert [line["message"] for line in kept if line["dropped"] is None][-1] == (
        f"line {written - 1}"
    )
    # Every line is there, or counted by a note.
    lines = [1 if line["dropped"] is None else line["dropped"] for line in kept]
    assert note["dropped"] + sum(lines) == written


async def test_a_lost_database_loses_no_line_and_repeats_none(
    bench: Workbench, proxy: Proxy
) -> None:
    away, go = threading.Event(), threading.Event()

    @job("talk")
    def talk(context: JobContext) -> None:
        for number in range(40):
            context.log.info("%d", number)
            if number == 20:
                away.set()
                go.wait(PATIENCE)

    await bench.start(talk, url=proxy.url, lease=timedelta(seconds=30))
    job_id = await bench.schedule("talk")
    await signaled(away)
    await proxy.cut()
    go.set()
    await proxy.mend()
    await bench.ended(job_id)

    assert await messages_of(bench, job_id) == [str(number) for number in range(40)]


async def test_what_waits_while_the_database_is_away_is_bounded_and_says_so(
    bench: Workbench, proxy: Proxy
) -> None:
    began, go, done = threading.Event(), threading.Event(), threading.Event()

    @job("talk")
    def talk(context: JobContext) -> None:
        began.set()
        go.wait(PATIENCE)
        for number in range(MAX_LINES + 5):
            context.log.info("%d", number)
        # Above a megabyte, so that only the last of them can wait.
        for number in range(400):
            context.log.info("%d %s", number, "x" * 3900)
        done.set()

    await bench.start(talk, url=proxy.url, lease=timedelta(seconds=30))
    job_id = await bench.schedule("talk")
    await signaled(began)
    await proxy.cut()
    go.set()
    await signaled(done)
    await proxy.mend()
    await bench.ended(job_id)

    # What was dropped while a portion was on its way has a note of its own.
    kept = await log_of(bench, job_id)
    assert kept[0]["message"].startswith("Lines were dropped here: ")
    assert sum(line["dropped"] or 1 for line in kept) == MAX_LINES + 5 + 400
    assert sum(len(line["message"]) for line in kept) <= 1024 * 1024
    assert kept[-1]["message"].startswith("399 ")


async def test_a_lost_attempt_and_its_successor_write_to_one_log(
    bench: Workbench,
) -> None:
    first, second = threading.Event(), threading.Event()

    @job("talk")
    def talk(context: JobContext) -> None:
        if context.attempt == 1:
            first.set()
            second.wait(PATIENCE)
            context.log.info("still here")
        else:
            context.log.info("here now")
            second.set()

    await bench.start(talk)
    job_id = await bench.schedule("talk")
    await signaled(first)
    # As if its lease had run out; in one transaction, or a heartbeat may renew it.
    async with bench.database.transaction() as connection:
        await connection.execute(
            "UPDATE worker_jobs SET leased_until = now() - interval '1 hour'"
        )
        await rescue(connection, now=SystemClock().now())
    await bench.ended(job_id)

    async def both() -> bool:
        return sorted(await messages_of(bench, job_id)) == ["here now", "still here"]

    await until(both, "the lines of both attempts")
    assert sorted(line["attempt"] for line in await log_of(bench, job_id)) == [1, 2]


async def test_an_end_waits_for_its_log_and_no_other_end_waits_with_it(
    bench: Workbench,
) -> None:
    began, go = threading.Event(), threading.Event()

    @job("held")
    def held(context: JobContext) -> None:
        began.set()
        go.wait(PATIENCE)
        context.log.info("mine")

    @job("free")
    async def free(context: JobContext) -> None:
        context.log.info("free")

    await bench.start(held, free)
    held_id = await bench.schedule("held")
    await signaled(began)
    async with bench.database.transaction() as connection:
        now = await connection.fetchval("SELECT now()")
        line = Line(now, LogLevel.INFO, "somebody else's")
        await append(connection, [Portion(held_id, 1, [line])])
        go.set()
        for free_id in [await bench.schedule("free") for _ in range(3)]:
            await bench.ended(free_id)
            assert await messages_of(bench, free_id) == ["free"]
        assert (await bench.job(held_id)).status == "RUNNING"
    await bench.ended(held_id)

    assert await messages_of(bench, held_id) == ["somebody else's", "mine"]


async def metadata_events(bench: Workbench, job_id: UUID) -> list[Any]:
    rows = await bench.fetch(
        """SELECT changes -> 'metadata' AS metadata FROM job_events
            WHERE job_id = $1 AND kind = 'METADATA_CHANGED' ORDER BY version""",
        job_id,
    )
    return [json.loads(row["metadata"]) for row in rows]


async def test_metadata_are_written_at_once_then_seldom_and_always_at_last(
    bench: Workbench,
) -> None:
    @job("mark")
    async def mark(context: JobContext) -> None:
        for step in range(2000):
            context.set_metadata("step", step)
        await asyncio.sleep(0.1)
        context.update_metadata({"step": None, "file": {"name": "a.csv"}})

    await bench.start(mark)
    job_id = await bench.schedule("mark")
    ended = await bench.ended(job_id)

    told = await metadata_events(bench, job_id)
    assert told[-1] == json.loads(ended.metadata) == {"file": {"name": "a.csv"}}
    assert 1 <= len(told) <= 4
    assert (await bench.events(job_id))[-2:] == ["METADATA_CHANGED", "SUCCEEDED"]


async def test_the_next_attempt_begins_with_the_metadata_of_the_last(
    bench: Workbench,
) -> None:
    @job("mark")
    async def mark(context: JobContext) -> dict[str, Any]:
        context.set_metadata(f"attempt-{context.attempt}", value=True)
        if context.attempt == 1:
            raise ValueError
        return context.metadata

    await bench.start(mark)
    soon = {"maxAttempts": 2, "minTimeoutInMs": 10, "maxTimeoutInMs": 20}
    job_id = await bench.schedule("mark", retry_config=soon)
    ended = await bench.ended(job_id)

    assert json.loads(ended.result or "") == {"attempt-1": True, "attempt-2": True}
    assert json.loads(ended.metadata) == {"attempt-1": True, "attempt-2": True}


async def test_metadata_of_an_attempt_that_was_fenced_out_change_nothing(
    bench: Workbench,
) -> None:
    go = threading.Event()

    @job("mark")
    def mark(context: JobContext) -> None:
        context.set_metadata("mine", 1)
        go.wait(PATIENCE)

    worker = await bench.start(mark)
    job_id = await bench.schedule("mark")

    async def written() -> bool:
        return await metadata_events(bench, job_id) == [{"mine": 1}]

    await until(written, "the metadata")
    before = await bench.job(job_id)
    async with bench.database.connection() as connection:
        for fence, holder in [(0, worker.id), (1, "another worker")]:
            await record_metadata(
                connection,
                [Report(job_id, fence, '{"theirs": 2}')],
                worker=holder,
                now=before.updated_at,
            )
    assert (await bench.job(job_id)).version == before.version
    go.set()
    await bench.ended(job_id)

    assert await metadata_events(bench, job_id) == [{"mine": 1}]
