"""A verb for one job or a selection: its arguments, and what is done to many."""

import argparse
from contextlib import aclosing

from jobwire.app.commands.api_json import line, operation_json
from jobwire.app.commands.jobs import reading
from jobwire.app.commands.jobs.selecting import add_filter, add_one, filter_of
from jobwire.app.commands.operating import OPERATOR, operate, operator_settings
from jobwire.app.commands.progress import Progress
from jobwire.app.exit_codes import ExitCode
from jobwire.app.jobwire import Jobwire
from jobwire.app.own_transaction import own_transaction
from jobwire.jobs.bulk import BulkOperation, BulkRequest, Selection, ask, follow
from jobwire.jobs.doorbell import Topic
from jobwire.jobs.engine import Engine
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.identifiers import bulk_operation_id_text
from jobwire.models.vocabulary import BulkAction, BulkStatus

_DONE = {
    BulkAction.CANCEL: "canceled or asked to stop",
    BulkAction.RETRY: "run again",
}


def add_one_or_many(parser: argparse.ArgumentParser) -> None:
    """Take the id of one job, or a selection and what only that can be asked with."""
    add_one(parser)
    add_filter(parser)
    parser.add_argument(
        "--dry-run", action="store_true", help="only count the jobs of the selection"
    )
    parser.add_argument(
        "--expect",
        type=reading.limit,
        metavar="N",
        help="refuse when the selection holds another number of jobs",
    )


def add_wait(parser: argparse.ArgumentParser, *, ended: str) -> None:
    """Take `--wait` and `--json`.

    Args:
        parser: That of the verb.
        ended: How one job is to have ended.
    """
    parser.add_argument(
        "--wait",
        action="store_true",
        help=f"follow it to its end; exit 0 when it {ended}, 3 otherwise; of a"
        " selection: until all jobs were handled",
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print the job, or the bulk operation; with --wait as it ended",
    )
    parser.set_defaults(refuse=parser.error)


def selection_of(
    arguments: argparse.Namespace, verb: str, *, such_as: str
) -> Selection | None:
    """Return the selection; None: one job is named. Refuse both, and neither."""
    by = filter_of(arguments)
    if (arguments.id is None) is (by == JobFilter()):
        arguments.refuse(
            f"say what to {verb}: the id of one job, or a selection such as {such_as};"
            " one of these"
        )
    if arguments.id is None:
        return Selection(by)
    if arguments.dry_run or arguments.expect is not None:
        arguments.refuse("--dry-run and --expect are for a selection")
    return None


def act_on_many(arguments: argparse.Namespace, request: BulkRequest) -> int:
    """Have it done to the jobs, and print what became of that; return the exit code."""

    async def work(jobwire: Jobwire) -> int:
        async with own_transaction(jobwire, None, Topic.BULK) as (connection, now):
            asked = await ask(
                connection,
                request,
                viewer=OPERATOR,
                now=now,
                dry_run=arguments.dry_run,
                expected_count=arguments.expect,
            )
        operation = asked.operation
        if operation is None:
            counted = {"matchedCount": asked.matched_count}
            print(line(counted) if arguments.json else asked.matched_count)
            return 0
        if arguments.wait:
            operation = await _wait(jobwire.engine, operation)
        print(line(operation_json(operation)) if arguments.json else _told(operation))
        has_failed = operation.failed_count or operation.status == BulkStatus.ABORTED
        return ExitCode.ENDED_OTHERWISE if has_failed else 0

    return operate(operator_settings(arguments), work)


async def _wait(engine: Engine, operation: BulkOperation) -> BulkOperation:
    newest = operation
    followed = follow(engine.database, engine.doorbell, OPERATOR, operation.id)
    async with aclosing(followed) as values:
        with Progress("handling jobs", total=operation.matched_count) as progress:
            async for newest in values:
                progress.tell(
                    newest.succeeded_count + newest.skipped_count + newest.failed_count
                )
    return newest


def _told(operation: BulkOperation) -> str:
    return (
        f"{bulk_operation_id_text(operation.id)}  {operation.status}"
        f"  {operation.matched_count} jobs: {operation.succeeded_count}"
        f" {_DONE[BulkAction(operation.action)]},"
        f" {operation.skipped_count} needed nothing, {operation.failed_count} refused"
    )
