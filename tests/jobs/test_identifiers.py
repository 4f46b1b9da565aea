"""Public ids: what is written is read again, and nothing else is taken for an id."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwire.jobs.identifiers import job_id_text, parse_job_id, schedule_id_text

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


@given(st.uuids())
def test_what_is_written_is_read_again(id: UUID) -> None:
    assert parse_job_id(job_id_text(id)) == id
    assert parse_job_id(str(id)) == id


@given(st.text(ALPHABET, min_size=26, max_size=26))
def test_each_id_has_one_spelling(suffix: str) -> None:
    try:
        id = parse_job_id(f"job_{suffix}")
    except ValueError:
        # It stands for more than 128 bits.
        assert suffix[0] > "7"
    else:
        assert job_id_text(id) == f"job_{suffix}"


@pytest.mark.parametrize(
    "suffix",
    [
        "0" * 25,
        "0" * 27,
        "8" + "0" * 25,
        *("0" * 25 + letter for letter in "iloU-_ +\u0663\u00e9\ud800\0"),
        "0_" * 13,
        "+" + "0" * 25,
        " " + "0" * 25,
    ],
)
def test_whatever_else_is_no_id(suffix: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_job_id(f"job_{suffix}")


def test_an_id_of_something_else_is_none_of_a_job() -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_job_id(schedule_id_text(UUID(int=1)))
