"""`jobwire schedules delete`: delete job schedules; their jobs stay."""

import argparse

from jobwire.app.commands.operating import ACTOR, operate, operator_settings
from jobwire.app.commands.schedules.changing import add_ids
from jobwire.app.jobwire import Jobwire
from jobwire.app.schedules_api import delete_job_schedule
from jobwire.jobs.identifiers import schedule_id_text

EXAMPLES = """\
It never fires again, its key is free, and what its data held is erased. Of several each
is deleted by itself, in order, up to the first that is refused.

examples:
  jobwire schedules delete sch_01kb2x3v5rfmqa8v7e4t6h9w0c
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    add_ids(parser)


def run(arguments: argparse.Namespace) -> int:
    """Delete the schedules and print their ids; return the exit code."""

    async def work(jobwire: Jobwire) -> int:
        for schedule_id in arguments.ids:
            await delete_job_schedule(jobwire, schedule_id, actor=ACTOR)
            print(f"{schedule_id_text(schedule_id)}  deleted", flush=True)
        return 0

    return operate(operator_settings(arguments), work)
