"""`cancelJobs` and `retryJobs`: counted, guarded, recorded; workers do the rest."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from jobwire.jobs.doorbell import Topic
from jobwire.jobs.engine import Engine
from jobwire.jobs.identifiers import job_id_text
from jobwire.models.database import Database
from tests.gql.client import PATIENCE, Api
from tests.gql.steps import Steps
from tests.gql.types import MakeJob

PAYLOAD = """{
  matchedCount
  operation {
    id action status userId reason matchedCount succeededCount skippedCount failedCount
    finishedAt refusals { nodes { jobId code message } }
  }
  errors { __typename code message path ... on CountMismatchError { expected actual } }
}"""
MUTATIONS = {
    name: f"mutation ($input: {type}!) {{ {name}(input: $input) {PAYLOAD} }}"
    for name, type in (
        ("cancelJobs", "CancelJobsInput"),
        ("retryJobs", "RetryJobsInput"),
    )
}


async def _ask(
    api: Api, mutation: str, select: Any, *, caller: str = "alice", **input: object
) -> Any:
    answer = await api.data(
        MUTATIONS[mutation], input={"select": select, **input}, caller=caller
    )
    return answer[mutation]


@pytest.fixture(params=MUTATIONS)
def mutation(request: pytest.FixtureRequest) -> str:
    return request.param


async def test_a_dry_run_counts_and_what_was_counted_can_be_expected(
    api: Api, make_job: MakeJob, mutation: str, engine: Engine
) -> None:
    rung: asyncio.Queue[frozenset[Topic]] = asyncio.Queue()
    remove = engine.doorbell.listen(rung.put_nowait)
    for _ in range(2):
        await make_job(tag="import")
    await make_job(tag="import", user_id="user-2")
    select = {"filter": {"tags": ["import"]}}

    dry = await _ask(api, mutation, select, dryRun=True)
    asked = await _ask(api, mutation, select, expectedCount=dry["matchedCount"])

    assert dry == {"matchedCount": 2, "operation": None, "errors": []}
    assert (asked["matchedCount"], asked["errors"]) == (2, [])
    operation = asked["operation"]
    assert operation.pop("id").startswith("blk_")
    assert operation == {
        "action": "CANCEL" if mutation == "cancelJobs" else "RETRY",
        "status": "RUNNING",
        "userId": "user-1",
        "reason": None,
        "matchedCount": 2,
        "succeededCount": 0,
        "skippedCount": 0,
        "failedCount": 0,
        "finishedAt": None,
        "refusals": {"nodes": []},
    }
    async with asyncio.timeout(PATIENCE):
        assert Topic.BULK in await rung.get()
    remove()


async def test_another_count_than_expected_is_an_error_with_both(
    api: Api, make_job: MakeJob, mutation: str, database: Database
) -> None:
    job = await make_job()

    payload = await _ask(api, mutation, {"ids": [job_id_text(job.id)]}, expectedCount=7)

    [error] = payload.pop("errors")
    assert "7 jobs and holds 1." in error.pop("message")
    assert error == {
        "__typename": "CountMismatchError",
        "code": "COUNT_MISMATCH",
        "path": ["input", "expectedCount"],
        "expected": 7,
        "actual": 1,
    }
    assert payload == {"matchedCount": None, "operation": None}
    async with database.connection() as connection:
        assert await connection.fetch("SELECT FROM bulk_operations") == []


@pytest.mark.parametrize(
    ("select", "path", "says"),
    [
        ({"filter": {}}, ["filter"], "isTerminal: false"),
        ({"filter": {"createdAt": {}}}, ["filter"], "isTerminal: false"),
        ({"ids": [str(UUID(int=n)) for n in range(1001)]}, ["ids"], "1,001"),
        (
            {"filter": {"tags": [str(n) for n in range(101)]}},
            ["filter", "tags"],
            "at most 100",
        ),
        ({"filter": {"userIds": ["user-2"]}}, ["filter", "userIds"], "other users"),
    ],
)
async def test_a_selection_that_cannot_be_meant_is_refused_with_its_place(
    api: Api, mutation: str, select: Any, path: list[str], says: str
) -> None:
    [error] = (await _ask(api, mutation, select))["errors"]

    assert error["path"] == ["input", "select", *path]
    assert says in error["message"]


async def test_a_selection_has_exactly_one_member(api: Api, mutation: str) -> None:
    for select in ({}, {"ids": [], "filter": {}}, {"ids": None}):
        codes = await api.codes(MUTATIONS[mutation], input={"select": select})
        assert codes in (["BAD_USER_INPUT"], ["GRAPHQL_VALIDATION_FAILED"])


async def test_what_selects_nothing_is_completed_at_once(
    api: Api, mutation: str
) -> None:
    for ids in ([], ["nothing", job_id_text(uuid4())]):
        payload = await _ask(api, mutation, {"ids": ids})

        assert payload["matchedCount"] == 0
        assert payload["operation"]["status"] == "COMPLETED"
        assert payload["operation"]["finishedAt"] is not None


async def test_a_cancel_carries_its_mode_grace_and_reason(
    api: Api, make_job: MakeJob, steps: Steps
) -> None:
    job = await make_job(status="RUNNING")
    how = {"mode": "FORCE", "gracePeriod": "PT5S", "reason": "wrong file"}

    payload = await _ask(api, "cancelJobs", {"ids": [str(job.id)]}, **how)
    await steps.carry_out()

    assert payload["operation"]["reason"] == "wrong file"
    found = await api.data(
        """query ($id: ID!) { job(id: $id) { cancellation {
          mode reason requestedBy outcome requestedAt graceUntil } } }""",
        id=str(job.id),
    )
    cancellation = found["job"]["cancellation"]
    assert cancellation.pop("requestedAt")[17:19] == "05"
    assert cancellation.pop("graceUntil")[17:19] == "10"
    assert cancellation == {
        "mode": "FORCE",
        "reason": "wrong file",
        "requestedBy": "user-1",
        "outcome": "PENDING",
    }


async def test_a_cancel_has_the_limits_of_one(api: Api) -> None:
    for how, path in (
        ({"gracePeriod": "P2D"}, "gracePeriod"),
        ({"reason": "x" * 1001}, "reason"),
    ):
        [error] = (await _ask(api, "cancelJobs", {"ids": []}, **how))["errors"]
        assert error["path"] == ["input", path]


async def test_a_missing_scope_is_data(api: Api, mutation: str) -> None:
    payload = await _ask(api, mutation, {"ids": []}, caller="reader")

    assert payload["errors"][0]["code"] == "FORBIDDEN"
    assert payload["matchedCount"] is None


async def test_an_admin_selects_among_the_jobs_of_all(
    api: Api, make_job: MakeJob, mutation: str
) -> None:
    await make_job(tag="t")
    await make_job(tag="t", user_id="user-2")
    select = {"filter": {"tags": ["t"]}}

    dry = await _ask(api, mutation, select, dryRun=True, caller="admin")
    own = await _ask(
        api,
        mutation,
        {"filter": {"tags": ["t"], "userIds": ["user-2"]}},
        dryRun=True,
        caller="admin",
    )

    assert (dry["matchedCount"], own["matchedCount"]) == (2, 1)
