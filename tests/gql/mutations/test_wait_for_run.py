"""`scheduleJob(waitForRun:)`: answer with the run, once there is one."""

import asyncio

import pytest

from jobwire.jobs.doorbell import Topic
from jobwire.jobs.identifiers import parse_job_id
from tests.gql.client import Api
from tests.gql.host import Host
from tests.jobs.rig import Rig

SCHEDULE = """mutation ($wait: Duration, $executor: Executor, $task: String) {
  scheduleJob(input: {type: "no-op", tag: "t", executor: $executor,
                      triggerTaskId: $task, waitForRun: $wait}) {
    job { id status triggerRunId } errors { code path message } } }"""


async def dispatch_next(rig: Rig, host: Host) -> None:
    """Do what a worker does with the next job."""
    assert host.engine is not None
    engine, scheduled = host.engine, asyncio.Event()
    stop_listening = engine.doorbell.listen(lambda _: scheduled.set())
    await scheduled.wait()
    stop_listening()
    [dispatch] = await rig.claim()
    await rig.dispatcher.send(dispatch)
    engine.doorbell.ring(Topic.CHANGE)


async def schedule(api: Api, **given: str) -> dict[str, object]:
    query = SCHEDULE.replace(
        '"no-op"', '"unregistered"' if "task" in given else '"no-op"'
    )
    answer = (await api.data(query, **given))["scheduleJob"]
    assert answer["errors"] == []
    job: dict[str, object] = answer["job"]
    return job


async def test_the_answer_has_the_run(api: Api, rig: Rig, host: Host) -> None:
    dispatching = asyncio.create_task(dispatch_next(rig, host))

    job = await schedule(api, wait="PT10S", executor="TRIGGER", task="work")

    await dispatching
    assert [job["triggerRunId"]] == await rig.runs(parse_job_id(str(job["id"])))
    assert job["status"] == "QUEUED"


@pytest.mark.usefixtures("rig")
async def test_a_wait_that_is_over_answers_without_the_run(api: Api) -> None:
    job = await schedule(api, wait="PT0.05S", executor="TRIGGER", task="work")

    assert (job["status"], job["triggerRunId"]) == ("QUEUED", None)


async def test_a_job_that_ends_without_a_run_ends_the_wait(
    api: Api, rig: Rig, host: Host
) -> None:
    rig.wire.fail("trigger", 422)
    dispatching = asyncio.create_task(dispatch_next(rig, host))

    job = await schedule(api, wait="PT30S", executor="TRIGGER", task="work")

    await dispatching
    assert (job["status"], job["triggerRunId"]) == ("FAILED", None)


async def test_a_job_that_runs_here_waits_for_nothing(api: Api) -> None:
    assert (await schedule(api, wait="PT30S"))["status"] == "QUEUED"


async def test_a_wait_beyond_the_limit_is_refused(api: Api) -> None:
    answer = (await api.data(SCHEDULE, wait="PT31S"))["scheduleJob"]

    [error] = answer["errors"]
    assert error["code"] == "VALIDATION"
    assert error["path"][-1] == "waitForRun"
