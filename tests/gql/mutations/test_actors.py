"""Who did it: each command leaves the caller, and their API key, in its event."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest

from jobwire.app.redaction import Redact
from jobwire.gql.audit import IN_EVENTS
from jobwire.gql.schema import core
from jobwire.jobs.api_keys import public_id
from jobwire.jobs.examples import example_jobs
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.job import Job
from jobwire.jobs.registry import Registry
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.models.database import Database
from tests.gql.callers import CALLERS
from tests.gql.client import Api
from tests.gql.steps import Steps
from tests.gql.types import MakeJob
from tests.jobs.cron.conftest import REGISTRY, Crons

KEY = UUID(int=7)
ONE = {
    "cancelJob": ("QUEUED", "id: $id", {"settledBy": "NOT_RUNNING"}),
    "rescheduleJob": ("QUEUED", 'id: $id, when: {delay: "PT1M"}', {"was": ...}),
    "retryJob": ("FAILED", "id: $id", {}),
    "deleteJob": ("FAILED", "id: $id", {}),
}


@pytest.fixture
def registry() -> Registry:
    return Registry((*example_jobs(), *REGISTRY.definitions()))


@pytest.fixture(params=["by a token", "by an API key"])
def key(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str | None:
    """The key that the caller `operator` comes with; None: none."""
    is_keyed = request.param == "by an API key"
    operator = Viewer(
        "operator", frozenset({Scope.ADMIN}), api_key_id=KEY if is_keyed else None
    )
    monkeypatch.setitem(CALLERS, "operator", operator)
    return public_id(KEY) if is_keyed else None


async def _last(database: Database) -> tuple[str, dict[str, Any]]:
    """Return the actor and the detail of the last event."""
    async with database.connection() as connection:
        event = await connection.fetchrow(
            "SELECT actor, detail FROM job_events ORDER BY id DESC LIMIT 1"
        )
    return event["actor"], json.loads(event["detail"] or "{}")


def _said(known: Mapping[str, Any], key: str | None) -> dict[str, Any]:
    return {**known, **({} if key is None else {"apiKey": key})}


@pytest.mark.parametrize("field", ONE)
async def test_of_what_is_done_to_one_job(
    api: Api, make_job: MakeJob, database: Database, field: str, key: str | None
) -> None:
    status, input, known = ONE[field]
    job: Job = await make_job(status=status)
    was = {"was": job.run_at.isoformat()} if "was" in known else {}

    await api.data(
        f"mutation ($id: ID!) {{ {field}(input: {{{input}}}) {{ __typename }} }}",
        id=job_id_text(job.id),
        caller="operator",
    )

    assert await _last(database) == ("operator", _said({**known, **was}, key))


async def test_of_scheduling(api: Api, database: Database, key: str | None) -> None:
    schedule = """mutation {
      scheduleJob(input: {type: "no-op", tag: "t", userId: "ann"}) { created }
    }"""

    await api.data(schedule, caller="operator")

    assert await _last(database) == ("operator", _said({}, key))


async def test_of_running_a_schedule_now(
    api: Api, crons: Crons, database: Database, key: str | None
) -> None:
    schedule = await crons.schedule(type="report")
    run = """mutation ($id: ID!) {
      runJobScheduleNow(input: {id: $id}) { created errors { message } }
    }"""

    await api.data(run, id=schedule.public_id, caller="operator")

    assert await _last(database) == ("operator", _said({}, key))


def test_every_other_command_is_logged() -> None:
    mutation = core.mutation_type
    assert mutation is not None

    assert set(ONE) | {"scheduleJob", "scheduleJobs", "runJobScheduleNow"} == IN_EVENTS
    assert mutation.fields.keys() >= IN_EVENTS


async def test_of_what_stands_in_no_event_the_log_tells(
    api: Api, crons: Crons, caplog: pytest.LogCaptureFixture, key: str | None
) -> None:
    schedule = await crons.schedule(type="report")
    pause = """mutation ($id: ID!) {
      pauseJobSchedule(input: {id: $id}) { errors { code } }
    }"""
    caplog.set_level("INFO", "jobwire.gql.audit")

    for id in (schedule.public_id, "sch_1"):
        await api.data(pause, id=id, caller="operator")

    # The second was refused.
    [line] = [one for one in caplog.records if one.name == "jobwire.gql.audit"]
    assert line.getMessage() == "pauseJobSchedule was carried out"
    by = {"user_id": "operator", "key_id": key}
    assert vars(line)["by"] == by
    assert vars(line)["about"] == {"id": schedule.public_id}
    # The id of a key is no secret, and the log of our commands shows it.
    assert Redact()(None, "info", {"by": by}) == {"by": by}


async def test_of_what_is_asked_for_many_the_log_names_the_operation(
    api: Api, make_job: MakeJob, caplog: pytest.LogCaptureFixture
) -> None:
    job = await make_job(status="QUEUED")
    cancel = """mutation ($id: ID!, $dryRun: Boolean!) {
      cancelJobs(input: {select: {ids: [$id]}, dryRun: $dryRun}) { operation { id } }
    }"""
    caplog.set_level("INFO", "jobwire.gql.audit")

    for dry_run in (True, False):
        answer = await api.data(
            cancel, id=job_id_text(job.id), dryRun=dry_run, caller="admin"
        )

    # The first has only counted.
    [line] = [one for one in caplog.records if one.name == "jobwire.gql.audit"]
    assert vars(line)["about"] == {"id": answer["cancelJobs"]["operation"]["id"]}


@pytest.mark.parametrize(
    ("field", "status", "known"),
    [
        ("cancelJobs", "QUEUED", {"settledBy": "NOT_RUNNING"}),
        ("retryJobs", "FAILED", {}),
    ],
)
async def test_of_what_is_done_to_many(
    api: Api,
    make_job: MakeJob,
    steps: Steps,
    database: Database,
    field: str,
    status: str,
    known: dict[str, Any],
) -> None:
    job = await make_job(status=status)

    await api.data(
        f"""mutation ($id: ID!) {{
          {field}(input: {{select: {{ids: [$id]}}}}) {{ matchedCount }}
        }}""",
        id=job_id_text(job.id),
        caller="admin",
    )
    await steps.carry_out()

    assert await _last(database) == ("operator", known)
