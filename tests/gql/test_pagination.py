"""Pages: their sizes, and the cursors of lists. relay/ has the laws of all lists."""

from typing import Any
from uuid import UUID

import pytest

from jobwire.gql.pagination import (
    DefaultSize,
    attempt_cursors,
    event_cursors,
    job_cursors,
)
from jobwire.jobs.errors import InvalidCursorError, InvalidInputError
from jobwire.jobs.identifiers import job_id_text
from tests.clock import FakeClock
from tests.gql.client import Api
from tests.gql.types import MakeJob

PAGE = """query ($first: Int, $after: String, $last: Int, $before: String) {
  jobs(first: $first, after: $after, last: $last, before: $before) {
    nodes { tag }
    edges { cursor node { tag } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""
SIZE = 7
DEFAULT = DefaultSize(20)
JOB = UUID("01941f29-7c00-7000-8000-000000000001")
OTHER = UUID("01941f29-7c00-7000-8000-000000000002")


async def _page(api: Api, **arguments: object) -> tuple[list[str], Any]:
    page = (await api.data(PAGE, **arguments))["jobs"]
    tags = [node["tag"] for node in page["nodes"]]
    assert tags == [edge["node"]["tag"] for edge in page["edges"]]
    cursors = [edge["cursor"] for edge in page["edges"]]
    assert page["pageInfo"]["startCursor"] == (cursors[0] if cursors else None)
    assert page["pageInfo"]["endCursor"] == (cursors[-1] if cursors else None)
    return tags, page["pageInfo"]


@pytest.fixture
async def tags(make_job: MakeJob, clock: FakeClock) -> list[str]:
    """The tags of seven jobs, the newest first."""
    for number in range(SIZE):
        await make_job(tag=str(number))
        clock.advance(1)
    return [str(number) for number in reversed(range(SIZE))]


@pytest.mark.usefixtures("tags")
async def test_an_empty_page_has_no_cursors(api: Api) -> None:
    _, info = await _page(api, last=1)

    page, beyond = await _page(api, first=5, after=info["endCursor"])

    assert page == []
    assert beyond["hasNextPage"] is False
    assert (await _page(api, first=0))[1]["hasNextPage"] is True


async def test_without_a_size_the_default_is_read(
    api: Api, make_job: MakeJob, clock: FakeClock
) -> None:
    for _ in range(21):
        await make_job()
        clock.advance(1)

    assert len((await _page(api))[0]) == 20
    assert len((await _page(api, first=None))[0]) == 20


async def test_last_alone_replaces_the_default(api: Api, tags: list[str]) -> None:
    assert (await _page(api, last=2))[0] == tags[-2:]
    assert (await _page(api, first=None, last=2))[0] == tags[-2:]


@pytest.mark.parametrize(
    "arguments",
    [
        {"first": 1, "last": 1},
        {"first": 20, "last": 1},
        {"first": -1},
        {"last": -1},
        {"first": 101},
        {"last": 101},
        {"after": ""},
        {"after": "nonsense"},
        {"after": "ö"},
        {"before": "a" * 1000},
        {"after": attempt_cursors(JOB).encode(1)},
        {"before": event_cursors(JOB).encode(1)},
        {"after": job_cursors().encode(JOB) + "="},
        {"after": " " + job_cursors().encode(JOB)},
    ],
    ids=str,
)
async def test_page_arguments_that_do_not_fit_are_refused(
    api: Api, arguments: dict[str, object]
) -> None:
    answer = await api(PAGE, **arguments)

    assert answer["data"] is None
    [error] = answer["errors"]
    assert error["extensions"]["code"] in {"VALIDATION", "INVALID_CURSOR"}
    assert error["extensions"]["argument"][-1] in arguments


async def test_attempts_and_events_are_pages_too(api: Api, make_job: MakeJob) -> None:
    job = await make_job(status="RUNNING")

    found = await api.data(
        """query ($id: ID!) { job(id: $id) {
          attempts(last: 1) {
            edges { cursor node { id number status startedAt finishedAt workerId
                                  failure { kind } } }
            nodes { number } pageInfo { hasPreviousPage }
          }
          events(first: 1) {
            edges { cursor node { id jobId jobVersion kind fromStatus toStatus source
                                  actor occurredAt recordedAt attempt changes } }
            nodes { jobVersion } pageInfo { hasNextPage }
          }
        } }""",
        id=job_id_text(job.id),
    )

    [attempt] = found["job"]["attempts"]["edges"]
    [event] = found["job"]["events"]["edges"]
    assert attempt["cursor"] == attempt_cursors(job.id).encode(1)
    assert attempt["node"]["status"] == "RUNNING"
    assert attempt["node"]["workerId"] == "worker-1"
    assert event["cursor"] == event_cursors(job.id).encode(1)
    assert event["node"]["jobId"] == job_id_text(job.id)
    assert event["node"]["kind"] == "CREATED"
    assert event["node"]["fromStatus"] is None
    assert event["node"]["toStatus"] == "RUNNING"
    assert event["node"]["source"] == "API"
    assert event["node"]["changes"]["tag"] == "tag-1"


async def test_the_stack_in_the_changes_of_an_event_is_for_admins_only(
    api: Api, make_job: MakeJob
) -> None:
    error = {"kind": "TASK_ERROR", "message": "no", "stack": "line 1"}
    job = await make_job(status="FAILED", result={"error": error})
    query = "query ($id: ID!) { job(id: $id) { events { nodes { changes } } } }"
    id = job_id_text(job.id)

    seen = await api.data(query, id=id)
    seen_by_admin = await api.data(query, id=id, caller="admin")

    [change] = seen["job"]["events"]["nodes"]
    [full] = seen_by_admin["job"]["events"]["nodes"]
    assert change["changes"]["result"] == {
        "error": {"kind": "TASK_ERROR", "message": "no"}
    }
    assert full["changes"]["result"] == {"error": error}


def test_a_cursor_is_read_as_it_was_written() -> None:
    assert job_cursors().decode(job_cursors().encode(JOB), argument="after") == JOB
    for number in (1, 2**31 - 1):
        cursors = event_cursors(JOB)
        assert cursors.decode(cursors.encode(number), argument="after") == number


@pytest.mark.parametrize(
    "cursor",
    [
        event_cursors(OTHER).encode(1),
        attempt_cursors(JOB).encode(1),
        job_cursors().encode(JOB),
        event_cursors(JOB).encode(1)[:-1],
    ],
    ids=["another job's", "another list's", "a list of jobs'", "cut"],
)
def test_a_cursor_of_another_list_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursorError) as refused:
        event_cursors(JOB).decode(cursor, argument="before")

    assert refused.value.path == ("before",)


def test_a_size_that_a_client_sent_contradicts_last_even_if_it_is_the_default() -> None:
    arguments = {"after": None, "before": None, "default": DEFAULT}

    assert job_cursors().window(first=DEFAULT, last=1, **arguments).last == 1
    with pytest.raises(InvalidInputError):
        job_cursors().window(first=20, last=1, **arguments)
