"""What plans answer, what they leave to the executor, and that nothing is repeated."""

from datetime import datetime
from typing import Any

import pytest

from jobwire.gql.documents.cache import (
    MAX_CACHED,
    MAX_CACHED_BYTES,
    DocumentCache,
)
from jobwire.gql.documents.plans.plan import MAX_CHOICES
from jobwire.jobs.engine import Engine
from jobwire.jobs.identifiers import job_id_text
from jobwire.models.database import Database
from tests.gql.callers import CALLERS
from tests.gql.client import Api
from tests.gql.plans.both import both
from tests.gql.types import MakeJob

PLAN = "x-jobwire-plan"


async def plan_of(api: Api, query: str, **variables: Any) -> str:
    response = await api.post({"query": query, "variables": variables})
    return response.headers[PLAN]


async def test_an_answer_says_that_it_came_from_a_plan(api: Api) -> None:
    assert await plan_of(api, "{ viewer { userId } }") == "compiled"


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("{ __schema { queryType { name } } }", "introspection"),
        ('{ __type(name: "Job") { name } }', "introspection"),
        ("{ notifications { nodes { id } } }", "an answer with errors"),
    ],
)
async def test_what_the_executor_answers_says_why(
    api: Api, query: str, reason: str
) -> None:
    assert await plan_of(api, query) == f'executor; reason="{reason}"'


async def test_an_operation_of_very_many_fields_is_executed(api: Api) -> None:
    """Members of an interface count for each type that has it."""
    one = 'cancelJob(input: {id: "job_x"}) { errors { __typename message code path } }'

    def query(count: int) -> str:
        return f"mutation {{ {' '.join(f'a{n}: {one}' for n in range(count))} }}"

    assert await plan_of(api, query(10)) == "compiled"
    assert await plan_of(api, query(50)) == 'executor; reason="too many fields"'


async def test_an_operation_of_very_many_choices_is_executed_for_the_last(
    api: Api,
) -> None:
    names = [f"c{n}" for n in range(MAX_CHOICES.bit_length())]
    defined = ", ".join(f"${name}: Boolean!" for name in names)
    fields = " ".join(f"{name}: userId @include(if: ${name})" for name in names)
    query = f"query ({defined}) {{ viewer {{ {fields} }} }}"

    told = [
        await plan_of(
            api, query, **{name: bool(n >> i & 1) for i, name in enumerate(names)}
        )
        for n in range(MAX_CHOICES + 1)
    ]

    assert told == [
        *["compiled"] * MAX_CHOICES,
        'executor; reason="too many conditions"',
    ]


async def test_a_plan_that_fails_where_the_executor_does_not_is_told_of(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The caller has an answer, and who runs the server hears of the fault."""

    async def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("jobwire.gql.documents.plans.plan.Plan.answer", fail)
    response = await api.post({"query": "{ viewer { userId } }"})

    assert response.json() == {"data": {"viewer": {"userId": "user-1"}}}
    assert response.headers[PLAN] == 'executor; reason="an answer with errors"'
    [told] = [one for one in caplog.records if one.name == "jobwire.gql.answers"]
    assert told.__dict__["action"] == "plan-failed"
    assert isinstance(told.exc_info[1], ZeroDivisionError)


async def test_a_mutation_whose_answer_fails_is_done_once(
    api: Api, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The executor answers with what the plan has done, and does the rest."""
    monkeypatch.setattr("jobwire.gql.context.MAX_JSON", 30)
    query = """mutation ($data: JSON) {
      one: scheduleJob(input: {type: "no-op", tag: "one"}) { job { tag } }
      two: scheduleJob(input: {type: "no-op", tag: "two", metadata: $data}) {
        job { tag metadata } }
      three: scheduleJob(input: {type: "no-op", tag: "three"}) { job { tag } }
    }"""

    response = await api.post({"query": query, "variables": {"data": {"x": "x" * 40}}})

    answer = response.json()
    assert response.headers[PLAN] == 'executor; reason="an answer with errors"'
    assert answer["data"]["one"] == {"job": {"tag": "one"}}
    assert answer["data"]["two"] == {"job": None}
    assert answer["data"]["three"] == {"job": {"tag": "three"}}
    assert [error["path"] for error in answer["errors"]] == [["two", "job", "metadata"]]
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM worker_jobs") == 3


async def test_a_mutation_that_failed_is_not_tried_again(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    async def fail(*_: object, **__: object) -> None:
        tried.append(1)
        raise ZeroDivisionError

    monkeypatch.setattr("jobwire.jobs.intake.Intake.schedule", fail)
    query = """mutation {
      one: scheduleJob(input: {type: "no-op", tag: "one"}) { job { tag } } }"""

    assert await api.codes(query) == ["INTERNAL_ERROR"]
    assert tried == [1]


def _text(number: int) -> str:
    return f"{{ viewer {{ a{number}: userId }} }}"


def test_as_many_documents_are_kept_as_are_within_the_bounds() -> None:
    cache = DocumentCache()
    oldest = cache.prepare(_text(0))
    newer = [cache.prepare(_text(n)) for n in range(1, MAX_CACHED)]

    assert cache.prepare(_text(0)) is oldest
    cache.prepare(_text(MAX_CACHED))

    # The one that was asked for the longest ago has gone.
    assert cache.prepare(_text(0)) is oldest
    assert cache.prepare(_text(2)) is newer[1]
    assert cache.prepare(_text(1)) is not newer[0]


def test_documents_whose_plans_grow_make_room() -> None:
    cache = DocumentCache()
    first, second = (cache.prepare(_text(n)) for n in range(2))

    second.plans[None].fields = MAX_CACHED_BYTES
    cache.prepare("{ viewer { scopes } }")

    assert cache.prepare(_text(0)) is not first
    assert cache.prepare(_text(1)) is not second


@pytest.mark.parametrize(
    "query", ["{{ jobs {{ nodes {{ {0} }} }} }}", '{{ job(id: "{1}") {{ {0} }} }}']
)
async def test_only_what_is_selected_is_read(
    api: Api, make_job: MakeJob, statements: list[str], query: str
) -> None:
    job_id = job_id_text((await make_job()).id)
    statements.clear()

    await api.data(query.format("tag status", job_id))
    [lean] = statements
    statements.clear()
    await api.data(query.format("data asOf", job_id))
    [full] = statements

    selected, _, _ = lean.partition(" FROM ")
    assert "j.tag" in selected
    assert "j.data" not in selected
    assert "as_of" not in selected
    assert "j.data" in full
    assert "as_of" in full


async def test_what_the_jobs_of_a_page_have_is_read_for_all_of_them_at_once(
    api: Api, make_job: MakeJob, statements: list[str]
) -> None:
    for _ in range(3):
        await make_job(status="SUCCEEDED")
    statements.clear()

    found = await api.data(
        """{ jobs(first: 3) { nodes {
          attempts { nodes { number } }
          events(last: 1) { nodes { kind } }
          newest: events(first: 1) { nodes { jobVersion } }
          logs { nodes { message } }
          errors: logs(minLevel: ERROR) { nodes { message } } } } }"""
    )

    assert len(found["jobs"]["nodes"]) == 3
    assert len(statements) == 1 + 1 + 2 + 2


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z"),
        ("2026-01-02T03:04:05.1Z", "2026-01-02T03:04:05.100Z"),
        ("2026-01-02T03:04:05.12Z", "2026-01-02T03:04:05.120Z"),
        ("2026-01-02T03:04:05.123Z", "2026-01-02T03:04:05.123Z"),
        ("2026-12-31T23:59:59.999999Z", "2026-12-31T23:59:59.999Z"),
        ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999Z"),
        ("0001-01-01T00:00:00.001Z", "0001-01-01T00:00:00.001Z"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
    ],
)
async def test_an_instant_has_its_milliseconds_and_no_more(
    engine: Engine, api: Api, make_job: MakeJob, instant: str, shown: str
) -> None:
    """Of a fraction PostgreSQL itself writes no zeros at the end."""
    at = datetime.fromisoformat(instant)
    job = await make_job(status="SUCCEEDED", run_at=at, finished=at)
    query = f'{{ job(id: "{job_id_text(job.id)}") {{ runAt finishedAt }} }}'

    assert (await api.data(query))["job"] == {"runAt": shown, "finishedAt": shown}

    answers = await both(engine, CALLERS["admin"], query, {})
    assert answers.planned == answers.executed
