"""`job`: one job and all its fields."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.job import Job
from jobwire.jobs.logs.append import Portion, append
from jobwire.jobs.logs.line import Line
from jobwire.models.database import Database
from jobwire.models.vocabulary import LogLevel
from tests.clock import FakeClock
from tests.gql.client import Api
from tests.gql.types import MakeJob

EVERYTHING = """query ($id: ID!) { job(id: $id) {
  id version tag type userId executor status isTerminal isCancelable isRetryable
  data result success attemptCount maxDuration
  nextAttemptAt createdAt runAt startedAt finishedAt updatedAt expiresAt
  failure { kind name message code stack }
  progress { fraction message current total updatedAt }
  retryConfig { maxAttempts minTimeoutInMs maxTimeoutInMs factor }
  cancellation { requestedAt requestedBy reason acknowledgedAt confirmedAt outcome }
  replayOf { id }
} }"""


async def _job(api: Api, job: Job, **options: Any) -> Any:
    answer = await api.data(EVERYTHING, id=job_id_text(job.id), **options)
    return answer["job"]


async def test_a_queued_job_shows_what_was_asked(api: Api, make_job: MakeJob) -> None:
    job = await make_job(
        data={"rows": [1, "ä", None]},
        max_duration=timedelta(minutes=90),
    )

    assert await _job(api, job) == {
        "id": job_id_text(job.id),
        "version": 1,
        "tag": "tag-1",
        "type": "no-op",
        "userId": "user-1",
        "executor": "INTERNAL",
        "status": "QUEUED",
        "isTerminal": False,
        "isCancelable": True,
        "isRetryable": False,
        "data": {"rows": [1, "ä", None]},
        "result": None,
        "success": None,
        "attemptCount": 0,
        "maxDuration": "PT1H30M",
        "nextAttemptAt": "2026-01-02T03:04:05.000Z",
        "createdAt": "2026-01-02T03:04:05.000Z",
        "runAt": "2026-01-02T03:04:05.000Z",
        "startedAt": None,
        "finishedAt": None,
        "updatedAt": "2026-01-02T03:04:05.000Z",
        "expiresAt": None,
        "failure": None,
        "progress": None,
        "retryConfig": {
            "maxAttempts": 3,
            "minTimeoutInMs": 1000,
            "maxTimeoutInMs": 10000,
            "factor": 2.0,
        },
        "cancellation": None,
        "replayOf": None,
    }


async def test_a_job_is_found_by_its_bare_uuid(api: Api, make_job: MakeJob) -> None:
    job = await make_job()

    found = await api.data("query ($id: ID!) { job(id: $id) { id } }", id=str(job.id))

    assert found == {"job": {"id": job_id_text(job.id)}}


async def test_a_succeeded_job_shows_its_result_and_no_failure(
    api: Api, make_job: MakeJob
) -> None:
    shown = await _job(api, await make_job(status="SUCCEEDED"))

    assert shown["result"] == {"answer": 42}
    assert shown["failure"] is None
    assert (shown["isTerminal"], shown["isCancelable"], shown["isRetryable"]) == (
        True,
        False,
        True,
    )


async def test_a_result_that_looks_like_an_error_is_still_a_result(
    api: Api, make_job: MakeJob
) -> None:
    result = {"error": {"kind": "none", "stack": "of cards"}}

    shown = await _job(api, await make_job(status="SUCCEEDED", result=result))

    assert shown["result"] == result
    assert shown["failure"] is None


async def test_a_failed_job_shows_its_failure_and_no_result(
    api: Api, make_job: MakeJob
) -> None:
    shown = await _job(api, await make_job(status="FAILED"))

    assert shown["result"] is None
    assert shown["success"] is False
    assert shown["failure"] == {
        "kind": "TASK_ERROR",
        "name": "ValueError",
        "message": "no",
        "code": None,
        "stack": None,
    }


async def test_the_stack_of_a_failure_is_for_admins_only(
    api: Api, make_job: MakeJob
) -> None:
    error = {"kind": "TASK_ERROR", "message": "no", "stack": "line 1"}
    job = await make_job(status="FAILED", result={"error": error})

    assert (await _job(api, job))["failure"]["stack"] is None
    assert (await _job(api, job, caller="admin"))["failure"]["stack"] == "line 1"


async def test_progress_shows_what_the_code_reported(
    api: Api, make_job: MakeJob
) -> None:
    job = await make_job(
        status="RUNNING",
        progress={
            "fraction": 0.5,
            "message": "half",
            "current": 5,
            "total": 2**40,
            "updatedAt": "2026-01-02T03:04:05.678+00:00",
        },
    )

    assert (await _job(api, job))["progress"] == {
        "fraction": 0.5,
        "message": "half",
        "current": 5,
        "total": None,
        "updatedAt": "2026-01-02T03:04:05.678Z",
    }


async def test_a_pending_cancel_is_shown_and_cannot_be_asked_for_again(
    api: Api, make_job: MakeJob, clock: FakeClock
) -> None:
    job = await make_job(
        status="RUNNING",
        cancel_requested_at=clock.now(),
        cancel_requested_by="user-1",
        cancel_reason="enough",
        cancel_outcome="PENDING",
    )

    shown = await _job(api, job)

    assert shown["isCancelable"] is False
    assert shown["cancellation"] == {
        "requestedAt": "2026-01-02T03:04:05.000Z",
        "requestedBy": "user-1",
        "reason": "enough",
        "acknowledgedAt": None,
        "confirmedAt": None,
        "outcome": "PENDING",
    }


async def test_a_job_canceled_by_other_means_shows_its_outcome(
    api: Api, make_job: MakeJob
) -> None:
    job = await make_job(
        status="CANCELED", cancel_outcome="STOPPED", cancel_requested_at=None
    )

    assert (await _job(api, job))["cancellation"]["outcome"] == "STOPPED"


async def test_replay_of_leads_to_the_earlier_job(api: Api, make_job: MakeJob) -> None:
    earlier = await make_job(status="FAILED")
    later = await make_job(replay_of=earlier.id)

    assert (await _job(api, later))["replayOf"] == {"id": job_id_text(earlier.id)}


async def test_what_is_no_id_of_a_job_finds_nothing(api: Api) -> None:
    for nothing in ("", "job_", "job_1", str(uuid4()), "evt_1", "ö" * 300):
        found = await api.data("query ($id: ID!) { job(id: $id) { id } }", id=nothing)
        assert found == {"job": None}, nothing


async def test_as_of_is_one_place_for_the_whole_operation(
    api: Api, make_job: MakeJob
) -> None:
    first = await make_job()
    second = await make_job(replay_of=first.id)

    found = await api.data(
        """query ($a: ID!, $b: ID!) {
          a: job(id: $a) { asOf }
          b: job(id: $b) { asOf replayOf { asOf } }
          jobs { asOf nodes { asOf } }
        }""",
        a=job_id_text(first.id),
        b=job_id_text(second.id),
    )

    places = {
        found["a"]["asOf"],
        found["b"]["asOf"],
        found["b"]["replayOf"]["asOf"],
        found["jobs"]["asOf"],
        *(node["asOf"] for node in found["jobs"]["nodes"]),
    }
    assert len(places) == 1


LOGS = """query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String,
               $attempt: Int, $minLevel: LogLevel) { job(id: $id) {
  logs(first: $first, after: $after, last: $last, before: $before,
       attempt: $attempt, minLevel: $minLevel) {
    edges { cursor node { level attempt message fields droppedCount } }
    nodes { message } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
} }"""


@pytest.fixture
async def logged(database: Database, make_job: MakeJob, clock: FakeClock) -> Job:
    """A job with six lines of two attempts."""
    job = await make_job(status="RUNNING")
    async with database.transaction() as connection:
        for attempt in (1, 2):
            lines = [
                Line(clock.now(), level, f"{level} {attempt}", '{"a": [1]}')
                for level in (LogLevel.DEBUG, LogLevel.INFO, LogLevel.ERROR)
            ]
            await append(connection, [Portion(job.id, attempt, lines)])
    return job


async def _logs(api: Api, job: Job, **arguments: Any) -> Any:
    answer = await api.data(LOGS, id=job_id_text(job.id), **arguments)
    return answer["job"]["logs"]


def _messages(page: Any) -> list[str]:
    return [node["message"] for node in page["nodes"]]


async def test_a_log_is_paged_in_both_directions(api: Api, logged: Job) -> None:
    whole = await _logs(api, logged)
    first = await _logs(api, logged, first=4)
    rest = await _logs(api, logged, after=first["pageInfo"]["endCursor"])
    last = await _logs(api, logged, last=2)
    earlier = await _logs(api, logged, last=4, before=last["pageInfo"]["startCursor"])

    assert whole["edges"][0]["node"] == {
        "level": "DEBUG",
        "attempt": 1,
        "message": "DEBUG 1",
        "fields": {"a": [1]},
        "droppedCount": None,
    }
    assert _messages(whole) == [
        f"{level} {attempt}"
        for attempt in (1, 2)
        for level in ("DEBUG", "INFO", "ERROR")
    ]
    assert _messages(first) + _messages(rest) == _messages(whole)
    assert _messages(earlier) + _messages(last) == _messages(whole)
    assert first["pageInfo"]["hasNextPage"]
    assert not earlier["pageInfo"]["hasPreviousPage"]


async def test_a_log_is_narrowed_by_attempt_and_level(api: Api, logged: Job) -> None:
    page = await _logs(api, logged, attempt=2, minLevel="INFO")

    assert _messages(page) == ["INFO 2", "ERROR 2"]


async def test_the_cursor_of_another_log_is_refused(
    api: Api, logged: Job, make_job: MakeJob
) -> None:
    other = await make_job()
    cursor = (await _logs(api, logged, first=1))["pageInfo"]["endCursor"]

    codes = await api.codes(LOGS, id=job_id_text(other.id), after=cursor)

    assert codes == ["INVALID_CURSOR"]
