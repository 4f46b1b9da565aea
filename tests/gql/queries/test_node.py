"""`node` and `nodes`: refetching by id."""

import pytest

from jobwire.gql.queries.node import MAX_NODES
from jobwire.jobs.identifiers import job_id_text
from tests.gql.client import Api
from tests.gql.types import MakeJob
from tests.jobs.cron.conftest import Crons

NODE = """query ($id: ID!) { node(id: $id) {
  __typename id
  ... on Job { status }
  ... on JobAttempt { number }
  ... on JobEvent { jobVersion }
  ... on JobSchedule { cron }
} }"""


@pytest.fixture
async def ids(api: Api, make_job: MakeJob, crons: Crons) -> dict[str, str]:
    """The ids of a job, its attempt, its event and a schedule, as the API gave them."""
    await crons.schedule()
    job = await make_job(status="RUNNING")
    found = await api.data(
        """query ($id: ID!) { job(id: $id) {
          id attempts { nodes { id } } events { nodes { id } } }
          jobSchedules { nodes { id } }
        }""",
        id=job_id_text(job.id),
    )
    return {
        "Job": found["job"]["id"],
        "JobAttempt": found["job"]["attempts"]["nodes"][0]["id"],
        "JobEvent": found["job"]["events"]["nodes"][0]["id"],
        "JobSchedule": found["jobSchedules"]["nodes"][0]["id"],
    }


async def test_every_node_is_found_again_by_its_id(
    api: Api, ids: dict[str, str]
) -> None:
    for typename, id in ids.items():
        found = await api.data(NODE, id=id)
        assert found["node"]["__typename"] == typename
        assert found["node"]["id"] == id


async def test_nodes_come_in_the_order_of_their_ids(
    api: Api, ids: dict[str, str]
) -> None:
    kinds = ("JobEvent", "JobSchedule", "Job", "JobAttempt", "Job", "JobSchedule")
    asked = [ids[kind] for kind in kinds]
    asked.insert(2, "nothing")

    found = await api.data(
        "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=asked
    )

    assert [node and node["id"] for node in found["nodes"]] == [
        None if id == "nothing" else id for id in asked
    ]


async def test_another_user_finds_none_of_them(api: Api, ids: dict[str, str]) -> None:
    for id in ids.values():
        assert await api.data(NODE, id=id, caller="bob") == {"node": None}


async def test_ids_that_are_not_written_as_given_find_nothing(
    api: Api, ids: dict[str, str]
) -> None:
    attempt = ids["JobAttempt"]
    for id in (
        attempt.removesuffix("_1"),
        f"{attempt}1",
        f"{attempt.removesuffix('1')}01",
        f"{attempt.removesuffix('1')}0",
        f"{attempt.removesuffix('1')}-1",
        f"{attempt.removesuffix('1')}9999999999",
        attempt.replace("att", "job"),
        ids["Job"].upper(),
        ids["JobSchedule"].upper(),
        f"{ids['JobSchedule']}_1",
        ids["JobSchedule"].replace("sch", "job"),
        ids["Job"].replace("job", "sch"),
        ids["JobSchedule"].replace("sch", "sched"),
    ):
        assert await api.data(NODE, id=id) == {"node": None}, id


async def test_too_many_ids_are_refused(api: Api) -> None:
    codes = await api.codes(
        "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }",
        ids=["nothing"] * (MAX_NODES + 1),
    )

    assert codes == ["VALIDATION"]
