"""The jobs that our worker runs here; it says on standard output how far it is."""

import sys
import time
from itertools import count

from pydantic import BaseModel

from jobwire import job

#: How many no-ops lie between two words of the worker.
EVERY = 1000

_counter = count(1)


class Sent(BaseModel):
    """When a job was sent, in seconds since 1970."""

    at: float


@job("no-op")
async def no_op() -> None:
    """Do nothing, and count it."""
    ran = next(_counter)
    if ran % EVERY == 0:
        _say(f"ran {ran}")


@job("stamp")
async def stamp(data: Sent) -> None:
    """Tell how many milliseconds after it was sent the job started."""
    _say(f"started {(time.time() - data.at) * 1000:.3f}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
