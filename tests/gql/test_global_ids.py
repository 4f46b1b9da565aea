"""Public ids: read as they were written, and only so."""

from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobwire.gql.global_ids import GlobalId, Kind, parse_global_id, parse_job_id
from jobwire.jobs.identifiers import job_id_text

#: Examples are small, but the machine may be busy.
PATIENT = settings(
    deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
JOB = UUID("01941f29-7c00-7000-8000-000000000001")


@PATIENT
@given(st.uuids(), st.integers(1, 2**31 - 1))
def test_an_id_is_read_as_it_was_written(job_id: UUID, number: int) -> None:
    for one in (
        GlobalId(Kind.JOB, job_id),
        GlobalId(Kind.ATTEMPT, job_id, number),
        GlobalId(Kind.EVENT, job_id, number),
        GlobalId(Kind.BULK_OPERATION, job_id),
    ):
        assert parse_global_id(str(one)) == one


def test_the_id_of_a_job_is_its_type_id() -> None:
    assert str(GlobalId(Kind.JOB, JOB)) == job_id_text(JOB)


@PATIENT
@given(st.text())
def test_any_other_text_names_nothing(text: str) -> None:
    found = parse_global_id(text)

    assert found is None or str(found) == text


@pytest.mark.parametrize("text", [job_id_text(JOB), str(JOB)])
def test_a_job_is_named_by_its_id_or_its_uuid(text: str) -> None:
    assert parse_job_id(text) == JOB


@pytest.mark.parametrize("text", ["", "job_", "x", "evt_1", "job_" + "z" * 26])
def test_what_names_no_job_is_none(text: str) -> None:
    assert parse_job_id(text) is None
