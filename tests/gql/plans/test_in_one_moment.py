"""Operations of one moment are answered as each of them is by itself."""

import asyncio
from collections.abc import Sequence

import pytest

from jobwire.jobs.engine import Engine
from jobwire.models.vocabulary import JobStatus
from tests.gql.callers import CALLERS
from tests.gql.plans.both import both

PAGES = {
    "texts": "nodes { id tag status createdAt finishedAt isTerminal }",
    "edges": "edges { cursor node { id tag } } pageInfo { hasNextPage endCursor }",
    "columns": "nodes { id data result progress { fraction message } }",
    "parts": "nodes { id events(last: 2) { nodes { kind } } schedule { id } }",
    "asOf": "asOf nodes { id asOf } totalCount { value }",
}
TEXT = """query ($filter: JobFilter, $last: Int, $first: Int) {{
  jobs(filter: $filter, first: $first, last: $last) {{ {page} }} }}"""


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("caller", ["alice", "admin"])
async def test_pages_of_one_moment_are_those_that_were_asked_for(
    engine: Engine, furnished: Sequence[str], page: str, caller: str
) -> None:
    text = TEXT.format(page=PAGES[page])
    asked = [
        {"filter": {"statuses": [status.value for status in statuses]}, end: size}
        for statuses in [*((one,) for one in JobStatus), (*JobStatus,), ()]
        for end in ("first", "last")
        for size in (0, 2)
    ]
    assert furnished

    answers = await asyncio.gather(
        *(both(engine, CALLERS[caller], text, variables) for variables in asked)
    )

    for variables, answer in zip(asked, answers, strict=True):
        assert answer.planned == answer.executed, (variables, answer.unplanned)
