"""Writers that make it hard: they dawdle within transactions, and roll some back.

Some draw their transaction id long before they wait for the lock of a job. All that
makes ids of events visible out of order.
"""

from random import Random

from jobwire.jobs.doorbell import Doorbell, Topic
from jobwire.jobs.job import Job
from jobwire.models.database import Connection, Database
from tests.jobs.feed.steps import report


def seeded(seed: int) -> Random:
    """Return chance that can be repeated."""
    return Random(seed)  # noqa: S311 - to be repeatable is the point


async def write(
    database: Database, bell: Doorbell, jobs: list[Job], *, seed: int, rounds: int
) -> None:
    """Report progress of one to three jobs in each of some transactions."""
    random = seeded(seed)
    for number in range(rounds):
        chosen = sorted(random.sample(jobs, random.randint(1, 3)), key=lambda j: j.id)
        async with database.connection() as connection:
            transaction = connection.transaction()
            await transaction.start()
            if random.random() < 0.2:
                await connection.execute("SELECT pg_current_xact_id()")
                await _dawdle(connection, random)
            for job in chosen:
                await report(connection, job.id, writer=seed, number=number)
                await _dawdle(connection, random)
            if random.random() < 0.1:
                await transaction.rollback()
            else:
                await transaction.commit()
        bell.ring(Topic.CHANGE)


async def _dawdle(connection: Connection, random: Random) -> None:
    await connection.execute("SELECT pg_sleep($1)", random.random() / 50)
