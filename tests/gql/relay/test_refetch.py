"""Every node is found again by its id, as it was found elsewhere."""

from typing import Any

import pytest
from graphql import GraphQLInterfaceType, get_named_type, is_leaf_type

from jobwire.gql.schema import core
from jobwire.jobs.identifiers import job_id_text
from tests.gql.client import Api
from tests.gql.steps import Steps
from tests.gql.types import MakeJob
from tests.jobs.cron.conftest import Crons

NODE = core.type_map["Node"]
assert isinstance(NODE, GraphQLInterfaceType)
NODES = {kind.name: kind for kind in core.get_possible_types(NODE)}
#: It moves with every commit in the cluster, which others use too.
MOVING = {"asOf"}
CANCEL = """mutation { cancelJobs(input: {select: {filter: {tags: ["tag-1"]}}}) {
  operation { id } } }"""


def _leaves(name: str) -> str:
    """Select all of a type that has no members and needs no arguments."""
    return " ".join(
        field
        for field, definition in NODES[name].fields.items()
        if is_leaf_type(get_named_type(definition.type)) and field not in MOVING
    )


ELSEWHERE = f"""query ($job: ID!, $bulk: ID!) {{
  job(id: $job) {{
    {_leaves("Job")}
    attempts {{ nodes {{ {_leaves("JobAttempt")} }} }}
    events {{ nodes {{ {_leaves("JobEvent")} }} }}
    schedule {{ {_leaves("JobSchedule")} }}
  }}
  bulkOperation(id: $bulk) {{ {_leaves("BulkOperation")} }}
}}"""


@pytest.fixture
async def found(
    api: Api, make_job: MakeJob, crons: Crons, steps: Steps
) -> dict[str, dict[str, Any]]:
    """A node of each type, as fields other than `node` give it."""
    schedule = await crons.schedule()
    job = await make_job(status="RUNNING", schedule_id=schedule.id)
    bulk = (await api.data(CANCEL))["cancelJobs"]["operation"]["id"]
    await steps.carry_out()
    found = await api.data(ELSEWHERE, job=job_id_text(job.id), bulk=bulk)
    own = found["job"]
    return {
        "JobAttempt": own.pop("attempts")["nodes"][0],
        "JobEvent": own.pop("events")["nodes"][0],
        "JobSchedule": own.pop("schedule"),
        "BulkOperation": found["bulkOperation"],
        "Job": own,
    }


async def test_every_node_is_found_again_as_it_was(
    api: Api, found: dict[str, dict[str, Any]]
) -> None:
    assert found.keys() == NODES.keys()
    for name, node in found.items():
        query = f"""query ($id: ID!) {{
          node(id: $id) {{ __typename ... on {name} {{ {_leaves(name)} }} }}
        }}"""

        again = (await api.data(query, id=node["id"]))["node"]

        assert again == {"__typename": name, **node}


async def test_no_two_nodes_share_an_id(
    api: Api, found: dict[str, dict[str, Any]]
) -> None:
    ids = {node["id"]: name for name, node in found.items()}

    again = await api.data(
        "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", ids=list(ids)
    )

    assert {one["id"]: one["__typename"] for one in again["nodes"]} == ids
    assert len(ids) == len(NODES)
