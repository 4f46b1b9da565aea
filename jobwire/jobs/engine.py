"""What the use cases of one process share."""

from dataclasses import dataclass, field
from functools import partial

from jobwire.jobs.clock import Clock
from jobwire.jobs.counts import CountsWatch, read_counts
from jobwire.jobs.doorbell import Doorbell
from jobwire.jobs.executors.trigger import TriggerExecutor
from jobwire.jobs.fair_shares import FairShares
from jobwire.jobs.feed import Feed
from jobwire.jobs.intake import Intake
from jobwire.jobs.job_reads import JobReads
from jobwire.jobs.logs.feed import LogFeed
from jobwire.jobs.page_reads import PageReads
from jobwire.jobs.placement import PlacementPolicy
from jobwire.jobs.rate_limits import RateLimits
from jobwire.jobs.reception import Reception
from jobwire.jobs.registry import Registry
from jobwire.jobs.sync_paths import SyncPath
from jobwire.jobs.turns import Turns
from jobwire.jobs.viewer_token import SignViewer
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
        policy: What callers may run on Trigger.dev.
        trigger: The Trigger.dev environment; None: there is none.
        paths: How news of runs come between two passes of reconciliation.
        webhook_secrets: Any of these may have signed what is posted; none: nothing
            is taken in.
        sign_viewer: Signs the tokens that back ends give to browsers; None: there is
            nothing to sign them with.
        rate_limits: How many operations each caller may start.
        turns: Whose work comes next.
        shares: The connections that each user may hold.
        intake: Accepts jobs, those of a moment together.
        job_reads: Reads single jobs, those of a moment together.
        page_reads: Reads pages of jobs, those alike of a moment together.
        reception: Takes in posted events, those of a moment together.
        logs: The live logs of this process.
        counts: Tells watchers of this process how many jobs stand where.
    """

    database: Database
    registry: Registry
    clock: Clock
    doorbell: Doorbell
    feed: Feed
    policy: PlacementPolicy = field(default_factory=PlacementPolicy)
    trigger: TriggerExecutor | None = None
    paths: frozenset[SyncPath] = frozenset(SyncPath)
    webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    sign_viewer: SignViewer | None = field(default=None, repr=False)
    rate_limits: RateLimits = field(default_factory=RateLimits, compare=False)
    turns: Turns = field(default_factory=Turns, repr=False, compare=False)
    shares: FairShares = field(init=False, repr=False, compare=False)
    intake: Intake = field(init=False, repr=False, compare=False)
    job_reads: JobReads = field(init=False, repr=False, compare=False)
    page_reads: PageReads = field(init=False, repr=False, compare=False)
    reception: Reception = field(init=False, repr=False, compare=False)
    logs: LogFeed = field(init=False, repr=False, compare=False)
    counts: CountsWatch = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shares", FairShares(self.database))
        intake = Intake(self.shares, self.clock, self.doorbell)
        object.__setattr__(self, "intake", intake)
        object.__setattr__(self, "job_reads", JobReads(self.shares))
        object.__setattr__(self, "page_reads", PageReads(self.shares))
        reception = Reception(self.database, self.clock, self.doorbell)
        object.__setattr__(self, "reception", reception)
        object.__setattr__(self, "logs", LogFeed(self.database, self.doorbell))
        read = partial(read_counts, self.database, clock=self.clock)
        object.__setattr__(self, "counts", CountsWatch(read, self.doorbell))
