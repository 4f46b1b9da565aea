"""What the use cases of one process share."""

from dataclasses import dataclass

from jobwire.jobs.clock import Clock
from jobwire.jobs.doorbell import Doorbell
from jobwire.jobs.feed import Feed
from jobwire.jobs.registry import Registry
from jobwire.models.database import Database


@dataclass(frozen=True, slots=True)
class Engine:
    """The open parts that every door of one process works with.

    Attributes:
        database: Where jobs live.
        registry: Which types of job there are; replaced in place on a reload.
        clock: What time it is.
        doorbell: Wakes workers and followers after a commit.
        feed: The live log of this process.
    """

    database: Database
    registry: Registry
    clock: Clock
    doorbell: Doorbell
    feed: Feed
