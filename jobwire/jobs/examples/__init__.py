"""The job types that Jobwire ships with: small, but doing real work."""

from pathlib import Path

from jobwire.jobs.definition import JobDefinition
from jobwire.jobs.examples import trigger_tasks
from jobwire.jobs.examples.count_primes import count_primes
from jobwire.jobs.examples.flaky import flaky
from jobwire.jobs.examples.no_op import no_op
from jobwire.jobs.examples.profile_csv import csv_profiler
from jobwire.jobs.registry import collect


def example_jobs(
    files: Path | None = None, *, trigger: bool = False
) -> tuple[JobDefinition, ...]:
    """Return the examples.

    Args:
        files: The one folder whose files `profile-csv` may read; None: it reads only
            text that comes with the job.
        trigger: Whether those are among them that run on Trigger.dev.
    """
    own = collect(count_primes, flaky, no_op, csv_profiler(files))
    return (*own, *collect(trigger_tasks)) if trigger else own
