"""Every member of ScheduleJobInput has a visible effect, on both executors."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from jobwire.gql.schema import core
from jobwire.jobs.doorbell import Topic
from jobwire.jobs.engine import Engine
from jobwire.jobs.identifiers import job_id_text, parse_job_id
from jobwire.jobs.transitions.claim import claim
from jobwire.jobs.transitions.promote import promote
from tests.clock import FakeClock
from tests.factories import LEASE
from tests.gql.client import Api
from tests.gql.host import Host
from tests.gql.mutations.test_wait_for_run import dispatch_next
from tests.jobs.rig import Rig

SCHEDULE = """mutation ($input: ScheduleJobInput!) { scheduleJob(input: $input) {
  created
  job {
    id type tag userId executor triggerTaskId triggerRunId data runAt expiresAt
    maxDuration retryConfig { maxAttempts minTimeoutInMs maxTimeoutInMs factor }
    priority queue concurrencyKey metadata idempotencyKey status
  }
  errors { message path }
} }"""
EVERYTHING: dict[str, Any] = {
    "type": "any-name",
    "tag": "order-7",
    "userId": "somebody",
    "data": {"number": 7},
    "when": {"delay": "PT1H"},
    "retryConfig": {
        "maxAttempts": 5,
        "minTimeoutInMs": 10,
        "maxTimeoutInMs": 20,
        "factor": 1.5,
    },
    "priority": 4,
    "queue": "mail",
    "concurrencyKey": "customer-9",
    "metadata": {"note": "mine"},
    "maxDuration": "PT1M",
    "ttl": "PT2H",
    "idempotencyKey": "order-7",
}
INTERNAL = EVERYTHING | {
    "type": "no-op",
    "executor": "INTERNAL",
    "triggerTaskId": None,
    "data": None,
    "waitForRun": None,
}
TRIGGER = EVERYTHING | {
    "executor": "TRIGGER",
    "triggerTaskId": "work",
    "waitForRun": "PT10S",
}


@pytest.mark.parametrize("given", [INTERNAL, TRIGGER], ids=["INTERNAL", "TRIGGER"])
def test_none_is_left_out_here(given: dict[str, Any]) -> None:
    assert given.keys() == core.type_map["ScheduleJobInput"].fields.keys()


async def _schedule(api: Api, asked: dict[str, Any]) -> dict[str, Any]:
    answer = await api.data(SCHEDULE, caller="admin", input=asked)
    payload: dict[str, Any] = answer["scheduleJob"]
    assert payload["errors"] == []
    return payload


def _expected(asked: dict[str, Any], clock: FakeClock) -> dict[str, Any]:
    run_at = clock.now() + timedelta(hours=1)
    return {
        **{name: asked[name] for name in SAME},
        "data": asked["data"] or {},
        "runAt": _text(run_at),
        "expiresAt": _text(run_at + timedelta(hours=2)),
        "status": "SCHEDULED",
    }


SAME = (
    *("type", "tag", "userId", "executor", "triggerTaskId", "maxDuration"),
    *("retryConfig", "priority", "queue", "concurrencyKey", "metadata"),
    "idempotencyKey",
)


def _text(instant: Any) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def test_an_internal_job_is_run_as_it_was_asked(
    api: Api, engine: Engine, clock: FakeClock
) -> None:
    payload = await _schedule(api, INTERNAL)
    repeat = await _schedule(api, INTERNAL)
    job = payload["job"]
    clock.advance(timedelta(hours=1))

    async with engine.database.connection() as connection:
        assert await promote(connection, now=clock.now()) == 1
        [claimed] = await claim(
            connection,
            worker="w",
            limit=1,
            lease=LEASE,
            types=["no-op"],
            now=clock.now(),
            queues=["mail"],
        )

    assert (payload["created"], repeat["created"]) == (True, False)
    assert repeat["job"] == job
    clock.advance(timedelta(hours=-1))
    assert {name: job[name] for name in _expected(INTERNAL, clock)} == _expected(
        INTERNAL, clock
    )
    assert job_id_text(claimed.id) == job["id"]
    assert (claimed.priority, claimed.queue) == (4, "mail")
    assert claimed.max_duration == timedelta(minutes=1)
    assert claimed.retry_config.max_attempts == 5
    assert (claimed.tag, claimed.user_id) == ("order-7", "somebody")


async def test_a_trigger_job_makes_the_run_that_was_asked_for(
    api: Api, rig: Rig, host: Host, clock: FakeClock
) -> None:
    # It is due at once, so that waiting for its run has something to wait for.
    asked = TRIGGER | {"when": {"at": _text(clock.now())}}
    dispatching = asyncio.create_task(dispatch_next(rig, host))
    payload = await _schedule(api, asked)
    await dispatching
    repeat = await _schedule(api, asked | {"waitForRun": None})

    job = payload["job"]
    assert (payload["created"], repeat["created"]) == (True, False)
    assert [job["triggerRunId"]] == await rig.runs(parse_job_id(job["id"]))
    assert {name: job[name] for name in SAME} == {name: asked[name] for name in SAME}
    [body] = rig.wire.bodies
    options = body["options"]
    assert options["queue"] == {"name": "mail"}
    assert options["concurrencyKey"] == "customer-9"
    assert options["priority"] == 4 * 3600
    assert options["maxAttempts"] == 5
    assert options["maxDuration"] == 60
    assert options["metadata"]["note"] == "mine"
    assert options["metadata"]["jobwire"]["retryConfig"]["maxTimeoutInMs"] == 20
    assert "tag:order-7" in options["tags"]
    assert body["payload"] == {"number": 7}


async def test_what_trigger_dev_would_change_silently_is_refused_by_name(
    api: Api, rig: Rig
) -> None:
    assert rig.executor is not None
    for name, value, path in (
        ("queue", "mail.box", ["input", "queue"]),
        ("maxDuration", "PT4S", ["input", "maxDuration"]),
        ("metadata", {"jobwire": 1}, ["input", "metadata", "jobwire"]),
    ):
        answer = await api.data(SCHEDULE, caller="admin", input=TRIGGER | {name: value})
        [error] = answer["scheduleJob"]["errors"]
        assert error["path"] == path


async def test_a_queue_that_the_project_does_not_have_ends_the_job_at_once(
    api: Api, rig: Rig, host: Host
) -> None:
    asked = TRIGGER | {"when": None, "waitForRun": None, "queue": "nowhere"}
    payload = await _schedule(api, asked)

    [dispatch] = await rig.claim()
    await rig.dispatcher.send(dispatch)
    host.engine.doorbell.ring(Topic.CHANGE)

    job = await rig.job(parse_job_id(payload["job"]["id"]))
    assert (job.status, job.failure_kind) == ("FAILED", "DISPATCH_REJECTED")
    assert "no queue 'nowhere'" in (job.result or "")
    assert rig.wire.bodies == []
