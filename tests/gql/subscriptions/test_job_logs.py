"""`jobLogs`: the log of one job, as it grows."""

from datetime import timedelta

import pytest

from jobwire.jobs.doorbell import Topic
from jobwire.jobs.engine import Engine
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.logs.append import Portion, append
from jobwire.jobs.logs.line import Line
from jobwire.jobs.transitions.claim import Claimed
from jobwire.models.vocabulary import LogLevel
from tests.gql.client import COMPLETE
from tests.gql.steps import Steps
from tests.gql.types import MakeJob, OpenEvents, OpenSocket

WATCH = """subscription ($id: ID!, $after: String, $minLevel: LogLevel) {
  jobLogs(id: $id, after: $after, minLevel: $minLevel) {
    cursor node { at level attempt message fields droppedCount }
  }
}"""
FIELD = "jobLogs"


async def write(
    engine: Engine, claimed: Claimed, *messages: str, level: LogLevel = LogLevel.INFO
) -> None:
    lines = [Line(engine.clock.now(), level, one, '{"row": 7}') for one in messages]
    async with engine.database.transaction() as connection:
        await append(connection, [Portion(claimed.id, claimed.attempt, lines)])
    engine.doorbell.ring(Topic.LOG)


async def test_lines_are_told_from_the_first_on_until_the_job_has_ended(
    engine: Engine, open_socket: OpenSocket, make_job: MakeJob, steps: Steps
) -> None:
    job = await make_job()
    claimed = await steps.start()
    await write(engine, claimed, "one")
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(WATCH, id=job_id_text(job.id))
        first = await socket.next(FIELD)
        await write(engine, claimed, "two", level=LogLevel.ERROR)
        second = await socket.next(FIELD)
        await steps.succeed(claimed)
        engine.doorbell.ring(Topic.LOG)
        await socket.completed()

    assert first["node"] == {
        "at": "2026-01-02T03:04:05.000Z",
        "level": "INFO",
        "attempt": 1,
        "message": "one",
        "fields": {"row": 7},
        "droppedCount": None,
    }
    assert (second["node"]["level"], second["node"]["message"]) == ("ERROR", "two")


async def test_a_stream_resumes_behind_the_cursor_of_its_last_edge(
    engine: Engine, open_socket: OpenSocket, make_job: MakeJob, steps: Steps
) -> None:
    job = await make_job()
    claimed = await steps.start()
    await write(engine, claimed, "one", "two", "three")
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(WATCH, id=job_id_text(job.id))
        edge = await socket.next(FIELD)
    await steps.succeed(claimed)

    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(WATCH, id=job_id_text(job.id), after=edge["cursor"])
        told = [(await socket.next(FIELD))["node"]["message"] for _ in range(2)]
        await socket.completed()

    assert told == ["two", "three"]


async def test_lesser_lines_are_not_told(
    engine: Engine, open_socket: OpenSocket, make_job: MakeJob, steps: Steps
) -> None:
    job = await make_job()
    claimed = await steps.start()
    for level in LogLevel:
        await write(engine, claimed, level.value, level=level)
    await steps.succeed(claimed)
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(WATCH, id=job_id_text(job.id), minLevel="WARN")
        told = [(await socket.next(FIELD))["node"]["message"] for _ in range(2)]
        await socket.completed()

    assert told == ["WARN", "ERROR"]


@pytest.mark.parametrize("caller", ["bob", "alice"])
async def test_the_log_of_a_job_that_is_not_the_callers_is_not_found(
    open_socket: OpenSocket, make_job: MakeJob, caller: str
) -> None:
    theirs = await make_job(status="RUNNING", user_id="user-3")
    async with open_socket() as socket:
        await socket.initialise(caller)
        for id in (job_id_text(theirs.id), "job_00000000000000000000000000", "x"):
            await socket.subscribe(WATCH, id=id)
            assert await socket.refused() == "NOT_FOUND"


async def test_the_cursor_of_another_job_is_refused(
    engine: Engine, open_socket: OpenSocket, make_job: MakeJob, steps: Steps
) -> None:
    job, other = await make_job(), await make_job(type="other")
    claimed = await steps.start()
    await write(engine, claimed, "one")
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(WATCH, id=job_id_text(job.id))
        cursor = (await socket.next(FIELD))["cursor"]
    async with open_socket() as socket:
        await socket.initialise()
        for after in (cursor, "nonsense"):
            await socket.subscribe(WATCH, id=job_id_text(other.id), after=after)
            assert await socket.refused() == "INVALID_CURSOR"


async def test_a_log_is_told_as_events_too_and_ends_when_the_server_drains(
    engine: Engine, open_events: OpenEvents, make_job: MakeJob, steps: Steps
) -> None:
    job = await make_job()
    claimed = await steps.start()
    await write(engine, claimed, "one")
    async with open_events(WATCH, id=job_id_text(job.id)) as stream:
        assert (await stream.next(FIELD))["node"]["message"] == "one"

        engine.feed.begin_closing("maintenance", timedelta(seconds=1))

        assert await stream.rest() == [COMPLETE]
