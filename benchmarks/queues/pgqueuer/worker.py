"""PGQueuer's worker, on `DATABASE_URL`."""

import json
import os
import sys
import time
from itertools import count

import asyncpg
import uvloop
from pgqueuer import PgQueuer
from pgqueuer.models import Job

BATCH = 500
EVERY = 1000


async def main(url: str) -> None:
    """Run jobs until killed."""
    counter = count(1)
    connection = await asyncpg.connect(url)
    queuer = PgQueuer.from_asyncpg_connection(connection)

    @queuer.entrypoint("no-op")
    async def no_op(_: object) -> None:
        ran = next(counter)
        if ran % EVERY == 0:
            say(f"ran {ran}")

    @queuer.entrypoint("stamp")
    async def stamp(job: Job) -> None:
        sent = json.loads(job.payload)["at"]
        say(f"started {(time.time() - sent) * 1000:.3f}")

    await queuer.qm.run(batch_size=BATCH)


def say(line: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(main(os.environ["DATABASE_URL"]))
