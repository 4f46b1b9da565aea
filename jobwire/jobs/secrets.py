"""Secrets: which parts of a job only admins may read."""

from enum import StrEnum

from jobwire.jobs.job import Job
from jobwire.jobs.registry import Registry
from jobwire.jobs.viewer import Viewer


class JobSecret(StrEnum):
    """A part of a job that its type can mark as secret."""

    #: Its input.
    DATA = "DATA"
    #: Its output; not its failure.
    RESULT = "RESULT"


def hidden_parts(
    job: Job, viewer: Viewer, registry: Registry | None = None
) -> tuple[JobSecret, ...]:
    """Return what of a job its viewer may not read.

    What the job was scheduled with counts, whatever became of its type since. So does
    what the type says now: somebody may have scheduled it who did not know the type.

    Args:
        job: The job.
        viewer: Who reads; admins may read all.
        registry: The types that are known here; None: none.
    """
    return () if viewer.is_admin else secret_parts(job, registry)


def secret_parts(job: Job, registry: Registry | None = None) -> tuple[JobSecret, ...]:
    """Return what of a job only admins may read."""
    definition = None if registry is None else registry.find(job.type)
    is_secret = {
        JobSecret.DATA: job.secret_data
        or (definition is not None and definition.secret_data),
        JobSecret.RESULT: job.secret_result
        or (definition is not None and definition.secret_result),
    }
    return tuple(part for part in JobSecret if is_secret[part])
