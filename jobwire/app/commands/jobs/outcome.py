"""What becomes of one job, as `--wait` and `--json` of a command say."""

import argparse

from jobwire.app.commands.api_json import job_json, line
from jobwire.app.commands.jobs.following import exit_code, wait_for_end
from jobwire.app.commands.jobs.watch import tell_aside
from jobwire.jobs.engine import Engine
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.job import Job
from jobwire.models.vocabulary import JobStatus


async def print_outcome(
    engine: Engine,
    job: Job,
    arguments: argparse.Namespace,
    *,
    told: str = "",
    wanted: JobStatus = JobStatus.SUCCEEDED,
) -> int:
    """Print the job's id, or the job as it stands at last; return the exit code.

    Args:
        engine: What tells of its end, if that is waited for.
        job: The job as it stands.
        arguments: With `wait` and `json`.
        told: What else is said behind the id.
        wanted: How it is to end.
    """
    if not arguments.json:
        print(f"{job_id_text(job.id)}{told}", flush=True)
    code = 0
    if arguments.wait:
        job = await wait_for_end(engine, job.id, tell_aside)
        code = exit_code(job, wanted=wanted)
    if arguments.json:
        print(line(job_json(job)))
    return code
