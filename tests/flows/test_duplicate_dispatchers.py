"""Two dispatchers have the same job, and one stands still at each await in turn.

Meanwhile the other one sends it, its run fails, which frees its key, and no list shows
it for 10 s. Then the first one goes on: there is still one run, or an honest refusal.
"""

from pathlib import Path

import pytest

from jobwire.models.database import Database
from tests.flows.conftest import Doomed

#: As in `tests.flows.duplicates`, which only the other process may import.
FIRST = {"sends": 20, "sends a batch": 20, "decides": 30, "decides what is sent": 15}


@pytest.mark.parametrize("first", FIRST)
async def test_there_is_one_run_wherever_the_first_one_stands_still(
    database: Database, doomed: Doomed, tmp_path: Path, first: str
) -> None:
    url = database.url
    code = await doomed.order(
        duplicates=True,
        first=first,
        folder=str(tmp_path),
        database=f"postgresql://{url.user}:{url.password}@{url.host}:{url.port}/{url.database}",
    )

    assert code == 0
    met = doomed.report()
    assert len(met) >= FIRST[first]
    assert [one for one in met if not one["paused"]] == []
    wrong = [one for one in met if one["runs"] != 1 or one["end"] != EXPECTED]
    assert wrong == []


EXPECTED = ["FAILED", "TASK_ERROR"]
