"""`jobwire notifications`: what other back ends are told, and a secret to sign it."""

import argparse
import base64
import secrets
from collections.abc import Sequence
from uuid import UUID

from jobwire.app.commands.api_json import line, notification_json
from jobwire.app.commands.arguments import add_data_dir
from jobwire.app.commands.jobs import reading, wording
from jobwire.app.commands.jobs.printing import print_table
from jobwire.app.commands.jobs.table import Column
from jobwire.app.commands.operating import operate, operator_settings, say
from jobwire.app.jobwire import Jobwire
from jobwire.jobs.engine import Engine
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.iso8601 import format_instant
from jobwire.jobs.notifications.log import (
    Notification,
    read_page,
    resend,
    resend_failed,
)
from jobwire.jobs.queries import MAX_PAGE, Window
from jobwire.triggerdev.signature import BASE64_PREFIX

_KEY_BYTES = 32
_ABOUT = """\
list and resend what other back ends are told; make a secret to sign it with.

Workers post events of jobs, as signed webhooks, to JOBWIRE_NOTIFY_URL and to whom types
of job notify. What is sent again has the id and the body of before."""
_EXAMPLES = """\
examples:
  jobwire notifications list --status failed
  jobwire notifications list --job job_01kb2x3v5rfmqa8v7e4t6h9w0c --json
  jobwire notifications resend ntf_01kb2x3v5rfmqa8v7e4t6h9w0c
  jobwire notifications resend --failed
  echo "JOBWIRE_NOTIFY_SECRET=$(jobwire notifications secret)" >> .env"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description, parser.epilog = _ABOUT, _EXAMPLES
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    listing = actions.add_parser("list", help="print them, the newest first")
    listing.add_argument(
        "--status",
        type=reading.notification_status,
        metavar="STATUS",
        help="only those that are pending, delivered or failed",
    )
    listing.add_argument(
        "--job", type=reading.job_id, metavar="ID", help="only those of this job"
    )
    listing.add_argument(
        "--limit",
        type=reading.limit,
        default=20,
        metavar="N",
        help="how many at most (20)",
    )
    listing.add_argument("--json", action="store_true", help="one JSON object a line")

    again = actions.add_parser("resend", help="send them again, or now if they wait")
    which = again.add_mutually_exclusive_group(required=True)
    which.add_argument("ids", nargs="*", default=[], metavar="ID", help="ntf_…")
    which.add_argument(
        "--failed", action="store_true", help="all that were given up and are kept"
    )

    actions.add_parser("secret", help="print a new secret; nothing is changed")
    for action in (listing, again):
        add_data_dir(action)


def run(arguments: argparse.Namespace) -> int:
    """List, resend, or make a secret; return the exit code."""
    if arguments.action == "secret":
        key = secrets.token_bytes(_KEY_BYTES)
        print(f"{BASE64_PREFIX}{base64.b64encode(key).decode()}")
        return 0

    async def work(jobwire: Jobwire) -> int:
        if arguments.action == "resend":
            await _resend(jobwire.engine, arguments)
        else:
            await _list(jobwire.engine, arguments)
        return 0

    return operate(operator_settings(arguments), work)


async def _resend(engine: Engine, arguments: argparse.Namespace) -> None:
    now = engine.clock.now()
    async with engine.database.transaction() as connection:
        if arguments.failed:
            count = await resend_failed(connection, now=now)
            say(f"{count} are sent again.")
            return
        for id in arguments.ids:
            again = await resend(connection, id, now=now)
            print(again.public_id)


async def _list(engine: Engine, arguments: argparse.Namespace) -> None:
    found = await _read(engine, arguments)
    if arguments.json:
        for one in found:
            print(line(notification_json(one)))
    elif found:
        print_table(_table(found))
    else:
        say("There are no such notifications.")


async def _read(engine: Engine, arguments: argparse.Namespace) -> list[Notification]:
    found: list[Notification] = []
    async with engine.database.connection() as connection:
        while len(found) < arguments.limit:
            window: Window[UUID] = Window(
                first=min(arguments.limit - len(found), MAX_PAGE),
                after=found[-1].id if found else None,
            )
            page = await read_page(
                connection, window, status=arguments.status, job_id=arguments.job
            )
            found += page.items
            if not page.has_next_page:
                break
    return found


def _table(found: Sequence[Notification]) -> list[Column]:
    errors = [wording.printable(one.error or "") for one in found]
    return [
        Column("ID", [one.public_id for one in found]),
        Column("TYPE", [one.type for one in found]),
        Column("JOB", [job_id_text(one.job_id) for one in found], rank=2),
        Column("TARGET", [wording.printable(one.target) for one in found], least=10),
        Column("STATUS", [one.status for one in found]),
        Column("ATTEMPTS", [str(one.attempts) for one in found], rank=3),
        Column(
            "NEXT",
            [
                ""
                if one.next_attempt_at is None
                else format_instant(one.next_attempt_at)
                for one in found
            ],
            rank=1,
        ),
        *([Column("ERROR", errors, least=8)] if any(errors) else ()),
    ]
