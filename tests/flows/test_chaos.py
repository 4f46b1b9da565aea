"""Everything is killed and garbled for some seconds, and nothing is wrong after it.

The long form, with other seeds and mixes, is `./dev bench chaos`.
"""

from pathlib import Path

import pytest

from benchmarks.chaos.command import report, run
from benchmarks.chaos.plan import Plan

#: PostgreSQL dies at most twice as often as in the long form, for there is less time.
MIX = {
    "api": 1.0,
    "worker": 4.0,
    "freeze": 1.0,
    "emulator": 1.0,
    "postgres": 2.0,
    "requests": 4.0,
    "webhooks": 6.0,
}


@pytest.mark.timeout(180)
async def test_whatever_is_killed_or_garbled_nothing_is_lost_done_twice_or_wrong(
    tmp_path: Path,
) -> None:
    plan = Plan(seconds=8, seed=11, mix=MIX, clients=2, pause=0.7)

    outcome = await run(plan, tmp_path)

    told = report(plan, outcome)
    assert outcome.verdict.is_clean, told
    assert outcome.verdict.jobs > 0, told
    assert sum(outcome.deeds.values()) > 0, told
