"""Jobs whose runs are gone, and the two looks that it takes to believe it."""

from jobwire.jobs.job import Job
from jobwire.jobs.reconcile import Reconciler, ReconcileReport
from jobwire.jobs.reconcile.judge import LOST_AFTER, SECOND_LOOK
from jobwire.models.database import Database
from tests.jobs.rig import Rig


async def gone(rig: Rig, count: int, task: str = "work") -> list[Job]:
    """Make jobs whose runs are gone, and old enough to be judged."""
    jobs = [await rig.linked(task) for _ in range(count)]
    rig.wire.unknown = {
        *(rig.wire.unknown or ()),
        *(job.trigger_run_id or "" for job in jobs),
    }
    rig.clock.advance(LOST_AFTER)
    return jobs


async def twice(
    rig: Rig, reconciler: Reconciler | None = None, *, accept_losses: bool = False
) -> ReconcileReport:
    """Look twice, far enough apart; return the second report."""
    reconciler = reconciler or rig.reconciler
    await reconciler.reconcile()
    rig.clock.advance(SECOND_LOOK)
    return await reconciler.reconcile(accept_losses=accept_losses)


async def suspected_for_a_minute(database: Database) -> None:
    """Let a minute have passed since the first look."""
    async with database.connection() as connection:
        await connection.execute(
            "UPDATE job_events SET recorded_at = recorded_at - interval '1 minute'"
        )
