"""The page of the emulator tells every difference, and none that is not there."""

from tests.emulator.transcripts.differences import DIFFERENCES
from tests.emulator.transcripts.recording import by_key
from tests.pages import EMULATOR_PAGE, section_of

HEADER = "| what | real server | here | why |"


def test_the_differences_are_those_of_the_page() -> None:
    lines = section_of(EMULATOR_PAGE, "What it does differently").splitlines()

    told = [
        line
        for line in lines
        # Rows of behaviour that no exchange shows begin otherwise.
        if any(line.startswith(f"| `{key}`: ") for key in by_key())
    ]

    assert HEADER in lines
    assert sorted(told) == sorted(one.row() for one in DIFFERENCES)


def test_every_difference_is_of_an_exchange() -> None:
    assert [one for one in DIFFERENCES if one.exchange not in by_key()] == []
