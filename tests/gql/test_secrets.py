"""Secrets: what only admins may read is in no answer to anybody else."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from jobwire.gql.global_ids import GlobalId, Kind
from jobwire.jobs.decorator import job as job_type
from jobwire.jobs.engine import Engine
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.job import Job
from jobwire.jobs.registry import Registry, collect
from jobwire.jobs.transitions.claim import claim
from jobwire.jobs.transitions.finish import Finish, Outcome, finish
from jobwire.models.database import Database
from tests.clock import FakeClock
from tests.factories import LEASE
from tests.gql.client import Api
from tests.gql.types import MakeJob, OpenSocket

MARK = "4111-1111-1111-1111"
SCHEDULE = """mutation ($input: ScheduleJobInput!) {
  scheduleJob(input: $input) { job { id data redacted } errors { message path } }
}"""
SHOWN = "data result redacted events { nodes { kind changes detail } }"
#: Every way to a job, for one that has ended.
DOORS = {
    "job": f"query ($id: ID!) {{ job(id: $id) {{ {SHOWN} }} }}",
    "jobs": f"""query ($id: ID!) {{
      jobs(filter: {{ids: [$id]}}) {{ nodes {{ {SHOWN} }} edges {{ node {{ data }} }} }}
    }}""",
    "node": f"query ($id: ID!) {{ node(id: $id) {{ ... on Job {{ {SHOWN} }} }} }}",
    "retry": f"""mutation ($id: ID!) {{
      retryJob(input: {{id: $id}}) {{ job {{ {SHOWN} replayOf {{ {SHOWN} }} }} }}
    }}""",
    "cancel": f"""mutation ($id: ID!) {{
      cancelJob(input: {{id: $id}}) {{ job {{ {SHOWN} }} }}
    }}""",
}
STREAMS = {
    "jobUpdates": f"""subscription ($id: ID!, $after: EventCursor) {{
      jobUpdates(id: $id, after: $after) {{
        __typename
        ... on JobSnapshot {{ job {{ {SHOWN} }} }}
        ... on JobChange {{ event {{ kind changes }} job {{ {SHOWN} }} }}
      }}
    }}""",
    "jobListUpdates": f"""subscription ($id: ID!, $after: EventCursor) {{
      jobListUpdates(filter: {{ids: [$id]}}, after: $after, snapshot: true) {{
        __typename
        ... on JobSnapshot {{ job {{ {SHOWN} }} }}
        ... on JobChange {{ event {{ kind changes }} job {{ {SHOWN} }} }}
      }}
    }}""",
    "jobStatusChanged": f"""subscription ($id: ID!) {{
      jobStatusChanged(id: $id) {{ {SHOWN} isTerminal }}
    }}""",
}


@job_type("pay", secret_data=True, secret_result=True)
async def pay(data: dict[str, str]) -> dict[str, str]:
    """Pay by card."""
    return data


@job_type("open")
async def opened(data: dict[str, str]) -> dict[str, str]:
    """Pay by nothing."""
    return data


@pytest.fixture
def registry() -> Registry:
    return Registry(collect(pay, opened))


@pytest.fixture
def succeed(database: Database, clock: FakeClock):
    """Run what is queued, and return what it was given."""

    async def succeed(type: str = "pay") -> None:
        common: dict[str, Any] = {"worker": "w", "now": clock.now()}
        async with database.connection() as connection:
            [one] = await claim(
                connection, limit=1, lease=LEASE, types=[type], **common
            )
            end = Finish(one.id, one.fence, Outcome.SUCCEEDED, result=one.data)
            await finish(connection, [end], **common)

    return succeed


@pytest.fixture
def paid(api: Api, succeed):
    async def paid(**more: Any) -> str:
        given = {"type": "pay", "tag": "t", "data": {"card": MARK}, **more}
        payload = (await api.data(SCHEDULE, input=given))["scheduleJob"]
        assert payload["errors"] == []
        await succeed(given["type"])
        id: str = payload["job"]["id"]
        return id

    return paid


Paid = Callable[..., Awaitable[str]]


async def test_whoever_schedules_it_does_not_read_it_again(api: Api) -> None:
    given = {"type": "pay", "tag": "t", "data": {"card": MARK}}

    payload = (await api.data(SCHEDULE, input=given))["scheduleJob"]

    assert payload["job"]["data"] is None
    assert payload["job"]["redacted"] == ["DATA", "RESULT"]


@pytest.mark.parametrize("door", DOORS)
async def test_no_door_shows_it_but_to_admins(api: Api, paid: Paid, door: str) -> None:
    id = await paid()

    hidden = json.dumps(await api.data(DOORS[door], id=id))
    shown = json.dumps(await api.data(DOORS[door], id=id, caller="admin"))

    assert MARK not in hidden
    assert '"redacted": ["DATA", "RESULT"]' in hidden
    assert shown.count(MARK) > 1
    assert '"redacted": []' in shown


async def test_an_event_found_by_its_id_does_not_show_it(
    api: Api, paid: Paid, database: Database
) -> None:
    await paid()
    async with database.connection() as connection:
        row = await connection.fetchrow("SELECT id, version FROM worker_jobs")
    id = str(GlobalId(Kind.EVENT, row["id"], row["version"]))
    query = "query ($id: ID!) { node(id: $id) { ... on JobEvent { kind changes } } }"

    hidden = (await api.data(query, id=id))["node"]
    shown = (await api.data(query, id=id, caller="admin"))["node"]

    assert (hidden["kind"], hidden["changes"]["result"]) == ("SUCCEEDED", None)
    assert shown["changes"]["result"] == {"card": MARK}
    assert shown["changes"] | {"result": None} == hidden["changes"]


@pytest.mark.parametrize("field", STREAMS)
async def test_of_those_who_watch_alike_only_admins_are_shown_it(
    engine: Engine,
    api: Api,
    open_socket: OpenSocket,
    succeed,
    field: str,
) -> None:
    given = {"type": "pay", "tag": "t", "data": {"card": MARK}}
    payload = (await api.data(SCHEDULE, input=given))["scheduleJob"]
    id = payload["job"]["id"]

    seen: dict[str, list[str]] = {"alice": [], "admin": []}
    async with open_socket() as alice, open_socket() as admin:
        sockets = {"alice": alice, "admin": admin}
        for caller, socket in sockets.items():
            await socket.initialise(caller)
            await socket.subscribe(STREAMS[field], id=id)
            begun = 1 if field == "jobStatusChanged" else 2
            for _ in range(begun):
                seen[caller].append(json.dumps(await socket.next(field)))
        while engine.feed.subscribers < len(sockets):
            await engine.feed.next_read()
        assert engine.feed.edges == len(sockets)
        await succeed()
        for caller, socket in sockets.items():
            while "SUCCEEDED" not in (told := json.dumps(await socket.next(field))):
                seen[caller].append(told)
            seen[caller].append(told)

    assert not [told for told in seen["alice"] if MARK in told]
    assert MARK in seen["admin"][0]
    assert seen["admin"][-1].count(MARK) > 1


async def test_what_was_secret_stays_so_without_its_type(
    engine: Engine, api: Api, paid: Paid
) -> None:
    id = await paid()
    engine.registry.replace(())

    assert MARK not in json.dumps(await api.data(DOORS["job"], id=id))


async def test_what_was_scheduled_by_who_did_not_know_the_type_is_secret(
    api: Api, make_job: MakeJob
) -> None:
    job: Job = await make_job(
        type="pay", status="SUCCEEDED", data={"card": MARK}, result={"card": MARK}
    )
    assert not job.secret_data

    answer = await api.data(DOORS["job"], id=job_id_text(job.id))

    assert answer["job"]["redacted"] == ["DATA", "RESULT"]
    assert (answer["job"]["data"], answer["job"]["result"]) == (None, None)


async def test_what_is_not_secret_is_shown(api: Api, paid: Paid) -> None:
    shown = (await api.data(DOORS["job"], id=await paid(type="open")))["job"]

    assert (shown["data"], shown["redacted"]) == ({"card": MARK}, [])


async def test_a_type_says_what_is_secret(api: Api) -> None:
    types = (await api.data("{ jobTypes { name secrets } }"))["jobTypes"]

    assert types == [
        {"name": "open", "secrets": []},
        {"name": "pay", "secrets": ["DATA", "RESULT"]},
    ]


@pytest.mark.parametrize("data", [{MARK: 1}, [MARK], {"card": [MARK]}])
async def test_a_refusal_does_not_repeat_it(api: Api, data: Any) -> None:
    given = {"type": "pay", "tag": "t", "data": data}

    payload = (await api.data(SCHEDULE, input=given))["scheduleJob"]

    assert payload["errors"] != []
    assert MARK not in json.dumps(payload)
