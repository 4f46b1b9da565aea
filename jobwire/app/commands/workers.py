"""`jobwire workers`: who is alive, and what each does."""

import argparse
import json
from datetime import datetime

from jobwire.app.commands.arguments import add_data_dir
from jobwire.app.commands.jobs.printing import print_table
from jobwire.app.commands.jobs.table import Column
from jobwire.app.commands.jobs.wording import age
from jobwire.app.commands.operating import operate, operator_settings, say
from jobwire.app.jobwire import Jobwire
from jobwire.jobs.iso8601 import format_instant
from jobwire.jobs.workers import KnownWorker, Workers, read_workers

_ABOUT = """\
show which workers are alive, and what each does.

No table lists them: a worker shows itself by the leases of the INTERNAL jobs that it
runs and by the duties that it holds, which each worker is elected for. One without
either has no name here; the number of connections of all workers is told too."""
_EXAMPLES = """\
It exits 1 when no worker is connected.

examples:
  jobwire workers
  jobwire workers --json | jq '.workers[].name'
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description, parser.epilog = _ABOUT, _EXAMPLES
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    add_data_dir(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the workers; return the exit code."""

    async def work(jobwire: Jobwire) -> int:
        engine = jobwire.engine
        now = engine.clock.now()
        async with engine.database.connection() as connection:
            workers = await read_workers(connection, now=now)
        if arguments.json:
            print(_json(workers))
        else:
            if workers.known:
                print_table(_table(workers.known, now))
            say(f"{workers.connections} connections of workers.")
        if not workers.connections:
            say("No worker is connected. Start one with `jobwire worker`.")
        return 0 if workers.connections else 1

    return operate(operator_settings(arguments), work)


def _table(known: tuple[KnownWorker, ...], now: datetime) -> list[Column]:
    return [
        Column("WORKER", [one.name for one in known]),
        Column("JOBS", [str(one.running) for one in known]),
        Column("BELIEVED", [age(one.alive_until - now) for one in known], rank=1),
        Column("DUTIES", [", ".join(one.duties) or "none" for one in known], least=8),
    ]


def _json(workers: Workers) -> str:
    written = {
        "connections": workers.connections,
        "workers": [
            {
                "name": one.name,
                "runningCount": one.running,
                "duties": list(one.duties),
                "aliveUntil": format_instant(one.alive_until),
            }
            for one in workers.known
        ],
    }
    return json.dumps(written, ensure_ascii=False)
