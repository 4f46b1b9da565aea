"""Each field of a job by itself, wherever jobs are shown: planned, as it is executed.

What is selected beside a field may have columns read that it needs itself.
"""

from collections.abc import Sequence

import pytest
from graphql import (
    GraphQLField,
    get_named_type,
    is_leaf_type,
    is_object_type,
    is_required_argument,
)

from jobwire.gql.schema import core
from jobwire.jobs.engine import Engine
from tests.gql.callers import CALLERS
from tests.gql.plans.both import both

JOB = core.type_map["Job"]
PLACES = {
    "nodes": "{ jobs(first: 5) { nodes { FIELD } } }",
    "edges": "{ jobs(first: 5) { edges { node { FIELD } } } }",
    "cursors": "{ jobs(first: 5) { edges { cursor node { FIELD } } } }",
    "job": '{ job(id: "JOB") { FIELD } }',
}


def _selected(name: str, field: GraphQLField, depth: int = 3) -> str:
    """Select a field and what is below it; empty: there is nothing to select."""
    kind = get_named_type(field.type)
    if any(map(is_required_argument, field.args.values())):
        return ""
    if is_leaf_type(kind):
        return name
    assert is_object_type(kind)
    if depth == 0:
        return ""
    below = (_selected(one, of, depth - 1) for one, of in kind.fields.items())
    few = "(first: 3)" if "first" in field.args else ""
    return f"{name}{few} {{ __typename {' '.join(below)} }}"


FIELDS = {name: _selected(name, field) for name, field in JOB.fields.items()}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("caller", ["alice", "admin"])
async def test_a_field_of_a_job_is_planned_by_itself(
    engine: Engine, furnished: Sequence[str], place: str, caller: str
) -> None:
    jobs = [id for id in furnished if id.startswith("job_")][:2]
    texts = dict.fromkeys(
        PLACES[place].replace("JOB", job).replace("FIELD", selected)
        for selected in FIELDS.values()
        for job in jobs
    )

    for text in texts:
        answers = await both(engine, CALLERS[caller], text, {})
        assert answers.planned == answers.executed, (text, answers.unplanned)
