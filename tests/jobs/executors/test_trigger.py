"""TRIGGER: what is sent to Trigger.dev, what is ours of it, and how it fares."""

import json
import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from jobwire.jobs.executors.base import ExecutorHealth
from jobwire.jobs.executors.trigger import TriggerExecutor
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.transitions.dispatch import Dispatch
from jobwire.triggerdev import (
    AuthenticationError,
    NotFoundError,
    TriggerDevClient,
    TriggerDevError,
)
from tests.jobs.rig import PLACE, Rig, open_rig
from tests.jobs.wire import Fault


async def options(rig: Rig, **fields: Any) -> dict[str, Any]:
    """Hand a job over and return the options of its request."""
    dispatch = await rig.claimed(**fields)
    await rig.executor.send(dispatch, now=rig.clock.now())
    sent: dict[str, Any] = rig.wire.bodies[-1]["options"]
    return sent


# What is sent.


@pytest.mark.parametrize(
    "data",
    [0, False, "", "text", [], {}, {"a": [1, 2.5, None, {"b": "ä€😀"}]}, 10**15],
    ids=repr,
)
async def test_the_payload_is_the_data_exactly(rig: Rig, data: Any) -> None:
    dispatch = await rig.claimed(data=data)

    run = await rig.executor.send(dispatch, now=rig.clock.now())

    assert rig.wire.bodies[-1]["payload"] == data
    assert (await rig.stage.retrieve(run))["payload"] == data
    assert "payloadType" not in rig.wire.bodies[-1]["options"]


async def test_a_run_carries_its_installation_its_job_and_the_users_tag(
    rig: Rig,
) -> None:
    dispatch = await rig.claimed(tag="orders/7", retry_config={"maxAttempts": 5})

    run = await rig.executor.send(dispatch, now=rig.clock.now())

    installation, job = str(rig.executor.marks.installation), job_id_text(dispatch.id)
    sent = rig.wire.bodies[-1]["options"]
    assert sent["tags"] == [f"jobwire:{installation}", f"job:{job}", "tag:orders/7"]
    assert sent["idempotencyKey"] == f"jobwire:{installation}:{job}:1"
    assert sent["idempotencyKeyTTL"] == "30d"
    assert sent["metadata"] == {
        "jobwire": {
            "installation": installation,
            "job": job,
            "dispatch": 1,
            "retryConfig": {
                "maxAttempts": 5,
                "minTimeoutInMs": 1000,
                "maxTimeoutInMs": 10000,
                "factor": 2.0,
            },
        }
    }
    assert sent["maxAttempts"] == 5
    assert sorted((await rig.stage.retrieve(run))["tags"]) == sorted(sent["tags"])


async def test_neither_delay_nor_queue_is_ever_sent(rig: Rig) -> None:
    sent = await options(rig)

    assert set(sent) == {
        "idempotencyKey",
        "idempotencyKeyTTL",
        "tags",
        "metadata",
        "maxAttempts",
        "ttl",
    }


async def test_the_longest_tag_fits(rig: Rig) -> None:
    assert f"tag:{'t' * 120}" in (await options(rig, tag="t" * 120))["tags"]


async def test_without_a_time_to_live_a_run_gets_the_longest_one(rig: Rig) -> None:
    assert (await options(rig))["ttl"] == "14d"


async def test_a_run_gets_what_remains_of_the_time_to_live(rig: Rig) -> None:
    dispatch = await rig.claimed(ttl=timedelta(minutes=10))

    for now, ttl in ((0, "600s"), (90.5, "510s"), (599.9, "1s"), (700, "1s")):
        later = rig.clock.now() + timedelta(seconds=now)
        await rig.executor.send(dispatch, now=later)
        assert rig.wire.bodies[-1]["options"]["ttl"] == ttl


async def test_the_longest_duration_is_sent_in_seconds(rig: Rig) -> None:
    sent = await options(rig, max_duration=timedelta(minutes=2))

    assert sent["maxDuration"] == 120


async def test_the_key_of_another_dispatch_is_another_one(rig: Rig) -> None:
    dispatch = await rig.claimed()
    await rig.executor.send(dispatch, now=rig.clock.now())
    await rig.executor.send(dispatch, now=rig.clock.now())
    assert len(await rig.runs(dispatch.id)) == 1

    await rig.executor.send(replace(dispatch, number=2), now=rig.clock.now())

    assert len(await rig.runs(dispatch.id)) == 2


# What is ours.


async def like(rig: Rig, dispatch: Dispatch, **other: Any) -> str:
    """Make a run that looks like the dispatch's own, but for some options."""
    made = {
        "idempotencyKey": (
            f"jobwire:{rig.executor.marks.installation}:{job_id_text(dispatch.id)}:1"
        ),
        "tags": [f"job:{job_id_text(dispatch.id)}"],
        "metadata": metadata(rig, dispatch.id),
        **other,
    }
    task = made.pop("task", dispatch.task)
    return await rig.stage.triggered(task, None, **made)


def metadata(rig: Rig, job: UUID, **other: Any) -> dict[str, Any]:
    known = {
        "installation": str(rig.executor.marks.installation),
        "job": job_id_text(job),
        "dispatch": 1,
    }
    return {"jobwire": {**known, **other}}


async def test_a_run_with_task_key_and_metadata_of_a_dispatch_is_its_own(
    rig: Rig,
) -> None:
    dispatch = await rig.claimed()
    run = await like(rig, dispatch)

    assert await rig.executor.lists.find(dispatch) == run


@pytest.mark.parametrize(
    "other",
    [
        lambda *_: {"task": "fails"},
        lambda *_: {"idempotencyKey": None},
        lambda *_: {"idempotencyKey": "somebody-else"},
        lambda *_: {"metadata": {"jobwire": "text"}},
        lambda rig, job: {"metadata": metadata(rig, job, installation=str(uuid4()))},
        lambda rig, _: {"metadata": metadata(rig, uuid4())},
        lambda rig, job: {"metadata": metadata(rig, job, dispatch=2)},
        lambda *_: {"tags": ["job:somebody-else"]},
    ],
    ids=[
        "another task",
        "a replay, without a key",
        "another key",
        "metadata of another shape",
        "another installation",
        "another job",
        "another dispatch",
        "another tag",
    ],
)
async def test_a_run_that_differs_in_one_of_them_is_not(rig: Rig, other: Any) -> None:
    dispatch = await rig.claimed()
    different = other(rig, dispatch.id)
    if different.get("idempotencyKey", "") is None:
        different = {"idempotencyKey": ""}
    await like(rig, dispatch, **different)

    assert await rig.executor.lists.find(dispatch) is None


async def test_a_run_whose_code_has_replaced_its_metadata_is_still_its_own(
    rig: Rig,
) -> None:
    dispatch = await rig.claimed()
    run = await like(rig, dispatch, metadata={"mine": 1})

    assert await rig.executor.lists.find(dispatch) == run


async def test_a_run_is_found_among_more_copies_than_a_page_holds(rig: Rig) -> None:
    dispatch = await rig.claimed()
    run = await like(rig, dispatch)
    for _ in range(101):
        rig.clock.advance(0.001)
        await like(rig, dispatch, idempotencyKey="")

    assert await rig.executor.lists.find(dispatch) == run


async def test_runs_since_an_instant_are_those_of_this_installation(rig: Rig) -> None:
    job = await rig.linked()
    await rig.stage.triggered("work", None, tags=["jobwire:another"])

    pages = rig.executor.lists.since(rig.clock.now())

    assert [[run.id for run in page] async for page in pages] == [[job.trigger_run_id]]


async def test_live_runs_are_those_of_this_installation_that_have_not_ended(
    rig: Rig,
) -> None:
    job = await rig.linked()
    await rig.linked("fails")
    await rig.stage.triggered("work", None, tags=["jobwire:another"])
    start = rig.clock.now()
    await rig.stage.advance(5)

    pages = rig.executor.lists.live(start)

    assert [[run.id for run in page] async for page in pages] == [[job.trigger_run_id]]


# What is heard.


async def test_an_output_is_heard_with_the_verdict(rig: Rig) -> None:
    job = await rig.linked(data={"n": 1})
    await rig.stage.advance(70)

    heard = await rig.executor.hear(job.trigger_run_id or "")

    assert json.loads(heard.said.output or "") == {"got": {"n": 1}}
    assert heard.detail is None


@pytest.mark.parametrize("task", ["huge", "lone-surrogate"])
async def test_an_output_that_cannot_be_stored_is_told_beside_the_success(
    rig: Rig, task: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    job = await rig.linked(task)
    await rig.stage.advance(5)

    await rig.syncer.ask_all()

    after = await rig.job(job.id)
    assert (after.status, after.result, after.success) == ("SUCCEEDED", None, True)
    [row] = await rig.fetch(
        "SELECT detail->>'outputNotStored' AS why FROM job_observations"
        " WHERE job_id = $1 AND word = 'COMPLETED'",
        job.id,
    )
    assert row["why"]
    assert row["why"] in caplog.text


def _stored(rig: Rig, run: str) -> None:
    """Let the output of a run lie in an object store, as large ones do."""
    now = rig.clock.now().isoformat()
    body = {
        "id": run,
        "taskIdentifier": "work",
        "status": "COMPLETED",
        "createdAt": now,
        "updatedAt": now,
        "outputPresignedUrl": f"{PLACE}/store/{run}?signature=s",
        "attemptCount": 1,
        "tags": [],
    }
    rig.wire.answer("retrieve", json.dumps(body).encode(), "application/json")


async def test_an_output_in_the_object_store_is_fetched(rig: Rig) -> None:
    job = await rig.linked()
    _stored(rig, job.trigger_run_id or "")
    rig.wire.answer("store", b'{"large": true}', "application/json")

    await rig.syncer.ask_all()

    assert json.loads((await rig.job(job.id)).result or "") == {"large": True}


@pytest.mark.parametrize("status", [403, 404])
async def test_an_output_that_is_gone_does_not_make_its_run_look_gone(
    rig: Rig, status: int
) -> None:
    job = await rig.linked()
    _stored(rig, job.trigger_run_id or "")
    rig.wire.fail("store", status)

    synced = await rig.syncer.ask_all()

    assert synced.gone == []
    after = await rig.job(job.id)
    assert (after.status, after.result) == ("SUCCEEDED", None)


async def test_an_output_that_is_no_packet_does_not_keep_its_job_open(rig: Rig) -> None:
    job = await rig.linked()
    _stored(rig, job.trigger_run_id or "")
    rig.wire.answer("store", b"{", "application/json")

    await rig.syncer.ask_all()

    assert (await rig.job(job.id)).status == "SUCCEEDED"


async def test_an_object_store_that_is_away_is_asked_again_later(rig: Rig) -> None:
    job = await rig.linked()
    _stored(rig, job.trigger_run_id or "")
    rig.wire.fail("store", 503, times=1)
    rig.wire.answer("store", b"1", "application/json")

    first = await rig.syncer.ask_all()
    assert [type(error).__name__ for error in first.errors] == ["ServerError"]
    assert (await rig.job(job.id)).status == "QUEUED"

    await rig.syncer.ask_all()
    assert (await rig.job(job.id)).result == "1"


# How it fares.


async def test_an_environment_is_named_by_its_place_and_its_id(rig: Rig) -> None:
    name = f"{PLACE}#{rig.stage.emulator.environment_id}"

    assert await rig.executor.environment() == name
    assert await rig.executor.environment() == name
    assert rig.wire.sent["environment"] == 1


async def test_health_is_asked_for_at_most_every_ten_seconds(rig: Rig) -> None:
    for _ in range(3):
        state = await rig.executor.state()
    assert rig.wire.sent == {"list": 1}
    assert (state.health, state.reason) == (ExecutorHealth.HEALTHY, None)
    assert state.checked_at == rig.clock.now()

    rig.clock.advance(10)
    await rig.executor.state()

    assert rig.wire.sent == {"list": 2}


@pytest.mark.parametrize(
    ("fault", "health"),
    [
        (Fault.REFUSED, ExecutorHealth.UNREACHABLE),
        (Fault.ANSWER_LOST, ExecutorHealth.UNREACHABLE),
        (500, ExecutorHealth.DEGRADED),
        (429, ExecutorHealth.DEGRADED),
        (401, ExecutorHealth.DEGRADED),
        (403, ExecutorHealth.DEGRADED),
    ],
)
async def test_health_follows_what_requests_meet_and_recovers(
    rig: Rig,
    fault: Fault | int,
    health: ExecutorHealth,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    rig.wire.fail("list", fault, times=1)

    state = await rig.executor.state()

    assert state.health is health
    assert state.reason
    rig.clock.advance(10)
    assert (await rig.executor.state()).health is ExecutorHealth.HEALTHY
    told = [one.health for one in caplog.records if hasattr(one, "health")]
    assert told == [health.value, "HEALTHY"]


@pytest.mark.parametrize("status", [400, 404, 409, 422])
async def test_a_refusal_of_one_request_says_nothing_of_the_environment(
    rig: Rig, status: int
) -> None:
    # Their replicas lag, so that they ask to try a run again that they do not know.
    headers = {"x-should-retry": "true"} if status == 404 else None
    rig.wire.fail("retrieve", status, headers=headers)

    with pytest.raises(TriggerDevError):
        await rig.executor.retrieve("run_1")

    assert (await rig.executor.state()).health is ExecutorHealth.HEALTHY


async def test_a_run_that_is_not_known_raises(rig: Rig) -> None:
    for call in (rig.executor.retrieve, rig.executor.hear, rig.executor.cancel):
        with pytest.raises(NotFoundError):
            await call("run_nobody")


async def test_asking_on_the_side_stops_when_the_rate_limit_is_nearly_used_up(
    rig: Rig, tmp_path: Any
) -> None:
    async with open_rig(
        rig.database, rig.clock, tmp_path / "small", rate_limit=10
    ) as small:
        assert small.executor.has_budget
        left = []
        for _ in range(9):
            with pytest.raises(NotFoundError):
                await small.executor.retrieve("run_nobody")
            left.append(small.executor.has_budget)
        # Of ten requests two are left for dispatch and cancel.
        assert left == [True] * 8 + [False]

        small.clock.advance(10)

        assert small.executor.has_budget


async def test_requests_are_counted(rig: Rig) -> None:
    rig.wire.fail("cancel", 500)

    await rig.executor.environment()
    with pytest.raises(TriggerDevError):
        await rig.executor.cancel("run_1")

    assert rig.executor.requests == 2


async def test_a_key_that_is_not_valid_is_told_at_once(rig: Rig) -> None:
    client = TriggerDevClient(
        secret_key="tr_dev_wrong",
        api_url=PLACE,
        transport=httpx.ASGITransport(rig.stage.emulator.app),
    )
    executor = TriggerExecutor(
        client,
        place=PLACE,
        installation=rig.executor.marks.installation,
        clock=rig.clock,
    )

    async with executor:
        with pytest.raises(AuthenticationError):
            await executor.environment()
        assert (await executor.state()).health is ExecutorHealth.DEGRADED
