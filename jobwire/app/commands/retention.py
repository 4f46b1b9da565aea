"""`jobwire retention`: show what is over for long enough, or take it away now."""

import argparse
import asyncio
import json

from jobwire.app.commands.arguments import add_data_dir
from jobwire.app.commands.jobs.printing import print_table
from jobwire.app.commands.jobs.table import Column
from jobwire.app.commands.jobs.wording import age
from jobwire.app.commands.operating import operate, operator_settings
from jobwire.app.commands.progress import Progress
from jobwire.app.jobwire import Jobwire
from jobwire.jobs.engine import Engine
from jobwire.jobs.iso8601 import format_duration
from jobwire.jobs.retention import Prunable, Retention
from jobwire.jobs.retention_pass import count_due, take

_ABOUT = """\
show what is over for long enough to be taken away, or take it away now.

For how long what is kept is told by JOBWIRE_RETENTION_…; set them as for the workers,
who take away what is due by themselves, slowly. --run does it without their pauses, in
small batches: each is a transaction of its own, and when it is stopped, what is gone is
gone whole. What is newer than the feed window is never taken."""
_EXAMPLES = """\
examples:
  jobwire retention
  JOBWIRE_RETENTION_SUCCEEDED_DAYS=7 jobwire retention
  JOBWIRE_RETENTION_SUCCEEDED_DAYS=7 jobwire retention --run
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description, parser.epilog = _ABOUT, _EXAMPLES
    parser.add_argument(
        "--run", action="store_true", help="take it away now, all that is due"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    add_data_dir(parser)


def run(arguments: argparse.Namespace) -> int:
    """Show what is due, or take it away; return the exit code."""
    settings = operator_settings(arguments)
    retention = settings.retention

    async def work(jobwire: Jobwire) -> int:
        due = await _due(jobwire.engine, retention)
        if arguments.run:
            due = await _take_all(jobwire.engine, retention, due)
        _print(due, retention, as_json=arguments.json, taken=arguments.run)
        return 0

    return operate(settings, work)


async def _due(engine: Engine, retention: Retention) -> dict[Prunable, int]:
    now = engine.clock.now()
    async with engine.database.connection() as connection:
        return {
            what: await count_due(connection, what, retention=retention, now=now)
            for what in Prunable
        }


async def _take_all(
    engine: Engine, retention: Retention, due: dict[Prunable, int]
) -> dict[Prunable, int]:
    taken = dict.fromkeys(Prunable, 0)
    with Progress("removing", total=sum(due.values())) as progress:
        for what in Prunable:
            has_more = True
            while has_more:
                async with engine.database.connection() as connection:
                    step = await take(
                        connection, what, retention=retention, now=engine.clock.now()
                    )
                taken[what] += step.count
                progress.tell(sum(taken.values()))
                has_more = step.has_more and step.count > 0
                # Others want the database, too.
                await asyncio.sleep(0)
    return taken


def _print(
    found: dict[Prunable, int], retention: Retention, *, as_json: bool, taken: bool
) -> None:
    member, heading = ("removedCount", "REMOVED") if taken else ("dueCount", "DUE")
    kept = {what: retention.span(what) for what in found}
    if as_json:
        for what, count in found.items():
            span = kept[what]
            written = {
                "what": what.value,
                "keptFor": None if span is None else format_duration(span),
                member: count,
            }
            print(json.dumps(written))
        return
    spans = ["for ever" if one is None else age(one) for one in kept.values()]
    table = [
        Column("WHAT", [what.value for what in found]),
        Column("KEPT FOR", spans),
        Column(heading, [f"{count:,}" for count in found.values()]),
    ]
    print_table(table)
