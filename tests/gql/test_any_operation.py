"""Whatever operation is sent, no answer tells of the inside."""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from jobwire.jobs.identifiers import job_id_text, type_id
from tests.gql.any_operation import (
    FIELDS,
    operations,
    tells_of_the_inside,
    wrong_operations,
)
from tests.gql.client import Api
from tests.gql.types import MakeJob
from tests.jobs.cron.conftest import Crons

REFUSED = {"GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT", "LIMIT_EXCEEDED"}
CANCEL = """mutation { cancelJobs(input: {select: {filter: {tags: ["tag-1"]}}}) {
  operation { id } } }"""


@pytest.fixture
async def ids(api: Api, make_job: MakeJob, crons: Crons) -> Sequence[str]:
    """The ids of what is there, of every kind."""
    schedule = await crons.schedule()
    running = await make_job(status="RUNNING", schedule_id=schedule.id)
    failed = await make_job(status="FAILED", started=crons.clock.now(), attempts=2)
    bulk = (await api.data(CANCEL))["cancelJobs"]["operation"]["id"]
    job = job_id_text(running.id)
    return [
        job,
        job_id_text(failed.id),
        type_id("sch", schedule.id),
        f"{job.replace('job', 'att')}_1",
        f"{job.replace('job', 'evt')}_1",
        bulk,
    ]


FEW = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("field", FIELDS)
@FEW
@given(data=st.data())
async def test_no_answer_to_a_valid_operation_tells_of_the_inside(
    api: Api, ids: Sequence[str], field: str, data: st.DataObject
) -> None:
    operation = data.draw(operations(field, ids))

    response = await api.post({"query": operation}, caller="admin")

    assert response.status_code == 200, operation
    assert not tells_of_the_inside(response.text), (operation, response.text)


@settings(FEW, max_examples=60)
@given(wrong_operations())
async def test_what_does_not_fit_the_schema_is_refused(
    api: Api, operation: str
) -> None:
    response = await api.post({"query": operation}, caller="admin")

    answer = response.json()
    assert response.status_code == 200
    assert "data" not in answer, operation
    assert {error["extensions"]["code"] for error in answer["errors"]} <= REFUSED
    assert not tells_of_the_inside(response.text), (operation, response.text)
