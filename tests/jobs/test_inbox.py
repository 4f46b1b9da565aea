"""The inbox: what it shows to whoever works on it."""

from jobwire.jobs.inbox import read_unhandled
from tests.jobs.rig import Rig, hook


async def test_those_that_have_to_wait_do_not_hide_later_ones(rig: Rig) -> None:
    for _ in range(2):
        job = await rig.linked()
        run = job.trigger_run_id or ""
        await rig.post(hook("RUN_COMPLETED", run, job.id, rig.clock))
        rig.clock.advance(1)

    async with rig.database.connection() as connection:
        first, second = await read_unhandled(connection, limit=2)
        found = await read_unhandled(connection, limit=1, skip=[first.id])

    assert found == [second]
