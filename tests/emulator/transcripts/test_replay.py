"""The emulator answers every recorded request as a real server did."""

import pytest

from tests.emulator.transcripts.comparing import Comparison
from tests.emulator.transcripts.differences import DIFFERENCES
from tests.emulator.transcripts.recording import exchanges
from tests.emulator.transcripts.replaying import replay


@pytest.fixture(scope="module")
async def replayed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Comparison]:
    return await replay(tmp_path_factory.mktemp("replay"))


def _unexplained(key: str, comparison: Comparison) -> list[str]:
    known = [one for one in DIFFERENCES if one.exchange == key]
    return [
        found.place
        for found in comparison.mismatches
        if not any(one.covers(found.place) for one in known)
    ]


@pytest.mark.parametrize("key", [one.key for one in exchanges()])
def test_an_exchange_is_answered_as_by_a_real_server(
    key: str, replayed: dict[str, Comparison]
) -> None:
    comparison = replayed[key]

    unexplained = _unexplained(key, comparison)

    assert not unexplained, f"{key}: {unexplained}\n{comparison.report()}"


@pytest.mark.parametrize("one", DIFFERENCES, ids=lambda one: one.exchange)
def test_a_difference_is_still_one(one, replayed: dict[str, Comparison]) -> None:
    places = [found.place for found in replayed[one.exchange].mismatches]

    assert any(one.covers(place) for place in places), places
