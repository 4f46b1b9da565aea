"""`scheduleJob`: what is accepted, what is refused and how."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from jobwire.jobs.doorbell import Topic
from jobwire.jobs.engine import Engine
from jobwire.jobs.identifiers import parse_job_id
from jobwire.jobs.placement import PlacementPolicy
from jobwire.jobs.transitions.link import link
from jobwire.jobs.trigger_job import trigger_job
from jobwire.models.vocabulary import SignalSource
from tests.gql.client import PATIENCE, Api
from tests.gql.host import Host
from tests.gql.types import OpenSocket

SCHEDULE = """mutation ($input: ScheduleJobInput!) { scheduleJob(input: $input) {
  created
  job {
    id status tag type userId data runAt expiresAt maxDuration
    retryConfig { maxAttempts minTimeoutInMs maxTimeoutInMs factor }
  }
  errors {
    __typename message code path
    ... on ForbiddenError { requiredScope }
  }
} }"""


async def _schedule(api: Api, *, caller: str = "alice", **input: object) -> Any:
    asked = {"type": "no-op", "tag": "tag-1", **input}
    return (await api.data(SCHEDULE, input=asked, caller=caller))["scheduleJob"]


async def _refusal(api: Api, *, caller: str = "alice", **input: object) -> Any:
    payload = await _schedule(api, caller=caller, **input)
    assert payload["job"] is None
    assert payload["created"] is False
    [error] = payload["errors"]
    return error


async def _count(engine: Engine) -> int:
    async with engine.database.connection() as connection:
        return await connection.fetchval("SELECT count(*) FROM worker_jobs")


async def test_a_job_is_accepted_and_queued(api: Api) -> None:
    payload = await _schedule(api)

    assert payload["created"] is True
    assert payload["errors"] == []
    assert payload["job"]["status"] == "QUEUED"
    assert payload["job"]["userId"] == "user-1"
    assert payload["job"]["data"] == {}


async def test_the_job_is_committed_when_the_mutation_answers(
    api: Api, engine: Engine
) -> None:
    await _schedule(api)

    assert await _count(engine) == 1


async def test_workers_and_followers_are_woken(api: Api, engine: Engine) -> None:
    rung: asyncio.Queue[frozenset[Topic]] = asyncio.Queue()
    remove = engine.doorbell.listen(rung.put_nowait)

    await _schedule(api)

    async with asyncio.timeout(PATIENCE):
        assert {Topic.WORK, Topic.CHANGE} <= await rung.get()
    remove()


async def test_everything_that_is_asked_is_kept(api: Api) -> None:
    payload = await _schedule(
        api,
        type="count-primes",
        data={"limit": 10},
        userId="user-1",
        when={"at": "2026-02-01T12:00:00+02:00"},
        ttl="PT1H",
        maxDuration="PT90S",
        retryConfig={"maxAttempts": 5, "factor": 1.5},
    )

    job = payload["job"]
    assert job["status"] == "SCHEDULED"
    assert job["data"] == {"limit": 10}
    assert job["runAt"] == "2026-02-01T10:00:00.000Z"
    assert job["expiresAt"] == "2026-02-01T11:00:00.000Z"
    assert job["maxDuration"] == "PT1M30S"
    assert job["retryConfig"]["maxAttempts"] == 5
    assert job["retryConfig"]["factor"] == 1.5


async def test_a_delay_counts_from_now(api: Api) -> None:
    payload = await _schedule(api, when={"delay": "P1D"})

    assert payload["job"]["runAt"] == "2026-01-03T03:04:05.000Z"


@pytest.mark.parametrize(
    "when",
    [None, {"delay": "PT0S"}, {"at": "2020-01-01T00:00:00Z"}],
    ids=["nothing", "no delay", "the past"],
)
async def test_what_is_due_is_queued_at_once(api: Api, when: Any) -> None:
    assert (await _schedule(api, when=when))["job"]["status"] == "QUEUED"


async def test_an_admin_may_schedule_for_another_user(api: Api) -> None:
    payload = await _schedule(api, userId="user-2", caller="admin")

    assert payload["job"]["userId"] == "user-2"


async def test_a_job_for_another_user_is_refused(api: Api, engine: Engine) -> None:
    error = await _refusal(api, userId="user-2")

    assert error["__typename"] == "ForbiddenError"
    assert error["requiredScope"] == "ADMIN"
    assert error["path"] == ["input", "userId"]
    assert await _count(engine) == 0


async def test_a_missing_scope_is_data(api: Api, engine: Engine) -> None:
    error = await _refusal(api, caller="reader")

    assert error["__typename"] == "ForbiddenError"
    assert error["code"] == "FORBIDDEN"
    assert error["requiredScope"] == "JOBS_WRITE"
    assert await _count(engine) == 0


async def test_a_writer_sees_the_job_that_it_scheduled(api: Api) -> None:
    assert (await _schedule(api, caller="writer"))["job"]["status"] == "QUEUED"


async def test_an_unknown_type_is_refused_with_the_nearest_one(api: Api) -> None:
    error = await _refusal(api, type="no-opp")

    assert error["__typename"] == "ValidationError"
    assert error["code"] == "UNKNOWN_TYPE"
    assert error["path"] == ["input", "type"]
    assert "'no-op'" in error["message"]


async def test_data_that_do_not_fit_are_refused_with_their_path(api: Api) -> None:
    error = await _refusal(api, type="count-primes", data={"limit": "many"})

    assert error["__typename"] == "ValidationError"
    assert error["path"] == ["input", "data", "limit"]


@pytest.mark.parametrize(
    ("input", "path"),
    [
        ({"tag": ""}, ["input", "tag"]),
        ({"tag": "a" * 121}, ["input", "tag"]),
        ({"tag": "a,b"}, ["input", "tag"]),
        ({"tag": "a\nb"}, ["input", "tag"]),
        ({"userId": ""}, ["input", "userId"]),
        ({"ttl": "PT0S"}, ["input", "ttl"]),
        ({"ttl": "P367D"}, ["input", "ttl"]),
        ({"maxDuration": "PT0S"}, ["input", "maxDuration"]),
        ({"when": {"delay": "P3661D"}}, ["input", "when", "delay"]),
        ({"when": {"at": "9999-01-01T00:00:00Z"}}, ["input", "when", "at"]),
        (
            {"retryConfig": {"maxAttempts": 0}},
            ["input", "retryConfig", "maxAttempts"],
        ),
        (
            {"retryConfig": {"minTimeoutInMs": 20_000}},
            ["input", "retryConfig", "minTimeoutInMs"],
        ),
        ({"data": "x" * 600_000}, ["input", "data"]),
    ],
    ids=str,
)
async def test_input_out_of_range_is_refused(
    api: Api, engine: Engine, input: dict[str, Any], path: list[str]
) -> None:
    caller = "admin" if "userId" in input else "alice"

    error = await _refusal(api, caller=caller, **input)

    assert error["__typename"] == "ValidationError"
    assert error["path"] == path
    assert await _count(engine) == 0


@pytest.mark.parametrize(
    "input",
    [
        {"when": {}},
        {"when": {"delay": "PT1S", "at": "2026-01-01T00:00:00Z"}},
        {"when": {"delay": None}},
        {"when": {"at": "2026-01-01T00:00:00"}},
        {"when": {"delay": "P1M"}},
        {"tag": None},
        {"tag": "a\0b"},
        {"data": {"a": ["\0"]}},
        {"data": {"\0": 1}},
        {"retryConfig": {"maxAttempts": 2**31}},
        {"unknown": 1},
    ],
    ids=str,
)
async def test_input_of_another_type_is_no_input(
    api: Api, engine: Engine, input: dict[str, Any]
) -> None:
    codes = await api.codes(SCHEDULE, input={"type": "no-op", "tag": "t", **input})

    assert codes == ["BAD_USER_INPUT"]
    assert await _count(engine) == 0


async def test_as_of_lies_behind_the_commit(api: Api, open_socket: OpenSocket) -> None:
    found = await api.data(
        """mutation ($input: ScheduleJobInput!) {
          scheduleJob(input: $input) { job { id asOf } }
        }""",
        input={"type": "no-op", "tag": "tag-1"},
    )
    job = found["scheduleJob"]["job"]

    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(
            """subscription ($id: ID!, $after: EventCursor) {
              jobUpdates(id: $id, after: $after, snapshot: false) { __typename }
            }""",
            id=job["id"],
            after=job["asOf"],
        )
        assert await socket.next("jobUpdates") == {"__typename": "StreamCaughtUp"}


ON_TRIGGER = """mutation ($input: ScheduleJobInput!) { scheduleJob(input: $input) {
  created
  job { id status executor type triggerTaskId triggerRunId }
  errors {
    __typename message code path
    ... on ExecutorError { executor isRetryable }
  }
} }"""
TASK = {"type": "new", "tag": "t", "triggerTaskId": "task-1"}


async def _on_trigger(api: Api, *, caller: str = "alice", **input: object) -> Any:
    asked = {**TASK, **input}
    return (await api.data(ON_TRIGGER, input=asked, caller=caller))["scheduleJob"]


@pytest.fixture
def policy(host: Host, engine: Engine):
    """Let callers of this server run what a policy allows."""

    def set_policy(*arguments: Any, **options: Any) -> None:
        host.engine = replace(engine, policy=PlacementPolicy(*arguments, **options))

    return set_policy


@pytest.mark.parametrize("executor", [None, "TRIGGER"])
async def test_a_named_task_is_accepted_for_trigger_dev(
    api: Api, executor: str | None
) -> None:
    payload = await _on_trigger(api, executor=executor)

    assert payload["errors"] == []
    assert payload["created"] is True
    job = payload["job"]
    assert (job["executor"], job["status"], job["triggerTaskId"]) == (
        "TRIGGER",
        "QUEUED",
        "task-1",
    )
    assert job["triggerRunId"] is None


async def test_a_registered_task_needs_only_its_type(
    api: Api, engine: Engine, policy
) -> None:
    policy(any_task=False)
    invoice = trigger_job("invoice", task_id="send-invoice")
    engine.registry.replace([*engine.registry.definitions(), invoice])

    payload = await _on_trigger(api, type="invoice", triggerTaskId=None)

    assert payload["job"]["triggerTaskId"] == "send-invoice"


@pytest.mark.parametrize(
    ("input", "path"),
    [
        ({"executor": "INTERNAL"}, "triggerTaskId"),
        ({"executor": "TRIGGER", "triggerTaskId": None}, "triggerTaskId"),
        ({"triggerTaskId": ""}, "triggerTaskId"),
        ({"type": "no-op"}, "executor"),
        ({"maxDuration": "PT4S"}, "maxDuration"),
    ],
    ids=str,
)
async def test_what_does_not_go_together_is_refused_as_validation(
    api: Api, engine: Engine, input: dict[str, Any], path: str
) -> None:
    payload = await _on_trigger(api, **input)

    [error] = payload["errors"]
    assert (error["__typename"], error["code"]) == ("ValidationError", "VALIDATION")
    assert error["path"] == ["input", path]
    assert await _count(engine) == 0


async def test_a_server_without_trigger_dev_refuses_by_name(
    api: Api, engine: Engine, policy
) -> None:
    policy("Trigger.dev is not configured.")

    payload = await _on_trigger(api)

    assert payload["errors"] == [
        {
            "__typename": "ExecutorError",
            "message": "Trigger.dev is not configured.",
            "code": "EXECUTOR_UNAVAILABLE",
            "path": ["input", "executor"],
            "executor": "TRIGGER",
            "isRetryable": False,
        }
    ]
    assert payload["created"] is False
    assert await _count(engine) == 0


async def test_only_admins_name_tasks_where_the_server_says_so(
    api: Api, policy
) -> None:
    policy(any_task=False)

    refused = await _on_trigger(api)
    allowed = await _on_trigger(api, caller="admin")

    [error] = refused["errors"]
    assert (error["__typename"], error["code"]) == ("ValidationError", "UNKNOWN_TYPE")
    assert allowed["job"]["triggerTaskId"] == "task-1"


@pytest.mark.rows_by_hand("pretends that a run was linked")
async def test_the_run_of_another_user_is_not_seen(api: Api, engine: Engine) -> None:
    job = (await _on_trigger(api))["job"]["id"]
    async with engine.database.transaction() as connection:
        await connection.execute(
            "UPDATE worker_jobs SET dispatch_state = 'sending', dispatch_number = 1"
        )
        await link(
            connection,
            parse_job_id(job),
            "run_of_alice",
            source=SignalSource.DISPATCH,
            now=engine.clock.now(),
        )
    query = "query ($id: ID!) { job(id: $id) { triggerRunId } }"

    mine = await api.data(query, id=job)
    theirs = await api.data(query, id=job, caller="bob")

    assert mine == {"job": {"triggerRunId": "run_of_alice"}}
    assert theirs == {"job": None}
