"""Long JSON: read when it is asked for, the same behind every door."""

import json
from typing import Any

import pytest

from jobwire.jobs.filters import JobFilter
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.job import Job
from jobwire.jobs.job_pages import read_job_page
from jobwire.jobs.long_json import LEFT_OUT, SHORT
from jobwire.jobs.queries import Window, read_event_page, read_jobs
from jobwire.models.database import Database
from tests.gql.callers import CALLERS
from tests.gql.client import Api
from tests.gql.steps import Steps
from tests.gql.types import MakeJob

ALICE = CALLERS["alice"]
SHOWN = "data result events { nodes { kind changes } }"
DOORS = {
    "job": f"query ($id: ID!) {{ job(id: $id) {{ {SHOWN} }} }}",
    "node": f"query ($id: ID!) {{ node(id: $id) {{ ... on Job {{ {SHOWN} }} }} }}",
    "nodes": f"query ($id: ID!) {{ nodes(ids: [$id]) {{ ... on Job {{ {SHOWN} }} }} }}",
    "jobs": f"""query ($id: ID!) {{
      jobs(filter: {{ids: [$id]}}) {{ nodes {{ {SHOWN} }} }}
    }}""",
}
#: As JSON, with its quotes, just as long as what is read with its row, and longer.
TEXTS = {"short": "x" * (SHORT - 2), "long": "x" * (SHORT - 1), "wide": "é" * SHORT}


def _job(data: Any) -> Any:
    while "data" not in data:
        data = next(iter(data.values())) if isinstance(data, dict) else data[0]
    return data


async def _ended(make_job: MakeJob, steps: Steps, text: str) -> Job:
    job = await make_job(data=text)
    await steps.succeed(await steps.start(), json.dumps(text))
    return job


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("caller", ["alice", "admin"])
async def test_json_of_any_length_is_behind_every_door(
    api: Api, make_job: MakeJob, steps: Steps, door: str, text: str, caller: str
) -> None:
    job = await _ended(make_job, steps, text)

    shown = _job(await api.data(DOORS[door], id=job_id_text(job.id), caller=caller))

    assert (shown["data"], shown["result"]) == (text, text)
    assert shown["events"]["nodes"][-1]["kind"] == "SUCCEEDED"
    assert shown["events"]["nodes"][-1]["changes"]["result"] == text


async def test_a_list_reads_no_long_json_with_its_rows(
    make_job: MakeJob, steps: Steps, database: Database
) -> None:
    long = await _ended(make_job, steps, TEXTS["long"])
    short = await _ended(make_job, steps, TEXTS["short"])

    async with database.connection() as connection:
        window = Window(first=9)
        page = await read_job_page(connection, ALICE, JobFilter(), window)
        jobs, _ = await read_jobs(connection, ALICE, [long.id])
        events = await read_event_page(connection, long.id, Window(last=1), lean=True)

    texts = {job.id: (job.data, job.result) for job in page.items}
    assert texts == {
        long.id: (LEFT_OUT, LEFT_OUT),
        short.id: (json.dumps(TEXTS["short"]),) * 2,
    }
    assert [(job.data, job.result) for job in jobs] == [(LEFT_OUT, LEFT_OUT)]
    assert [event.changes for event in events.items] == [LEFT_OUT]


async def test_a_failure_is_read_with_its_job(
    api: Api, make_job: MakeJob, steps: Steps
) -> None:
    await make_job(data=TEXTS["long"])
    await steps.fail(await steps.start())

    shown = await api.data("{ jobs { nodes { failure { message } result } } }")

    assert shown["jobs"]["nodes"] == [{"failure": {"message": "no"}, "result": None}]


async def test_a_schedule_with_long_data_shows_them(api: Api) -> None:
    await api.data(
        """mutation ($input: ScheduleCronJobInput!) {
          scheduleCronJob(input: $input) { errors { message } }
        }""",
        caller="admin",
        input={
            "key": "a",
            "type": "count-primes",
            "tag": "a",
            "cron": "0 0 1 1 *",
            "data": {"limit": 1, "note": TEXTS["long"]},
        },
    )

    shown = await api.data("{ jobSchedules { nodes { data } } }", caller="admin")

    [schedule] = shown["jobSchedules"]["nodes"]
    assert schedule["data"]["note"] == TEXTS["long"]
