"""`jobwire installation`: who we are, and what a restored or copied database is."""

import argparse
import json
from collections.abc import Mapping

from jobwire.app.commands.arguments import add_data_dir
from jobwire.app.commands.operating import ACTOR, operate, operator_settings
from jobwire.app.jobwire import Jobwire
from jobwire.jobs.doorbell import Topic
from jobwire.jobs.installation import (
    Installation,
    begin_anew,
    keep,
    read_installation,
)

_ABOUT = """\
show who this installation is, or say what a restored or copied database is.

Every run on Trigger.dev carries the installation's id. While a database is not where it
was first seen, nothing is asked of Trigger.dev or told to it, until one of these says
what it is. Workers hear the answer within two seconds.

  keep   it has moved here: the same installation goes on
  new    it is a copy: it gets an id of its own; its open TRIGGER jobs are those of
         the original, and end here as FAILED with the kind ORPHANED"""
_EXAMPLES = """\
It exits 1 while there is something to answer, or when there is nothing to answer.

examples:
  jobwire installation
  jobwire installation keep"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description, parser.epilog = _ABOUT, _EXAMPLES
    parser.add_argument(
        "answer",
        nargs="?",
        choices=("keep", "new"),
        help="what the database is (show who we are)",
    )
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    add_data_dir(parser)


def run(arguments: argparse.Namespace) -> int:
    """Show or answer; return the exit code."""

    async def work(jobwire: Jobwire) -> int:
        match arguments.answer:
            case "keep":
                return await _keep(jobwire, as_json=arguments.json)
            case "new":
                return await _begin_anew(jobwire, as_json=arguments.json)
            case _:
                return await _show(jobwire, as_json=arguments.json)

    return operate(operator_settings(arguments), work)


async def _show(jobwire: Jobwire, *, as_json: bool) -> int:
    async with jobwire.engine.database.connection() as connection:
        found = await read_installation(connection)
    print(_json(found) if as_json else _told(found))
    return 0 if found.trouble is None else 1


async def _keep(jobwire: Jobwire, *, as_json: bool) -> int:
    async with jobwire.engine.database.transaction() as connection:
        found = await keep(connection)
    print(_json(found) if as_json else _told(found))
    return 0


async def _begin_anew(jobwire: Jobwire, *, as_json: bool) -> int:
    engine = jobwire.engine
    async with engine.database.transaction() as connection:
        begun = await begin_anew(connection, actor=ACTOR, now=engine.clock.now())
    engine.doorbell.ring(Topic.CHANGE)
    if as_json:
        left = {"leftJobCount": begun.jobs, "pausedScheduleCount": begun.schedules}
        print(_json(begun.installation, left))
        return 0
    print(_told(begun.installation))
    print(f"left to the original  {begun.jobs} open TRIGGER jobs")
    print(f"paused here           {begun.schedules} schedules of TRIGGER jobs")
    return 0


def _told(found: Installation) -> str:
    lines = [
        f"installation  {found.id}",
        f"lives in      {found.home or 'no database yet: Trigger.dev was never asked'}",
        f"is in         {found.here}",
    ]
    if found.trouble is not None:
        lines.append(f"paused        {found.trouble}")
    return "\n".join(lines)


def _json(found: Installation, more: Mapping[str, int] | None = None) -> str:
    places = {"livesIn": found.home, "isIn": found.here}
    written = {
        "id": str(found.id),
        **{
            name: place
            and {
                "systemIdentifier": place.system_identifier,
                "databaseOid": place.database_oid,
            }
            for name, place in places.items()
        },
        "paused": found.trouble,
        **(more or {}),
    }
    return json.dumps(written, ensure_ascii=False)
