"""Counts: how many jobs stand where, kept as they change and exact at any moment."""

from jobwire.jobs.counts.filter import CountsFilter
from jobwire.jobs.counts.forget import forget
from jobwire.jobs.counts.keep import Kept, has_work, keep_counts
from jobwire.jobs.counts.read import CountsBehindError, JobCounts, read_counts
from jobwire.jobs.counts.watch import CountsWatch

__all__ = [
    "CountsBehindError",
    "CountsFilter",
    "CountsWatch",
    "JobCounts",
    "Kept",
    "forget",
    "has_work",
    "keep_counts",
    "read_counts",
]
