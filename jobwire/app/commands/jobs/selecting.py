"""Arguments that select jobs, for the verbs that may be about many."""

import argparse

from jobwire.app.commands.jobs import reading
from jobwire.jobs.filters import JobFilter
from jobwire.models.vocabulary import AttentionKind, JobStatus


def add_one(parser: argparse.ArgumentParser) -> None:
    """Take the id of one job, where there may be a filter in its place."""
    parser.add_argument(
        "id",
        nargs="?",
        type=reading.job_id,
        metavar="ID",
        help="one job: job_…, or the bare UUID",
    )


def add_filter(parser: argparse.ArgumentParser) -> None:
    """Take the members of a filter; what is given several times are alternatives."""
    parser.add_argument(
        "--status",
        nargs="+",
        action="extend",
        type=reading.status,
        metavar="STATUS",
        help=f"where they stand: {', '.join(JobStatus)}",
    )
    parser.add_argument(
        "--type", action="append", metavar="TYPE", help="the name of their code"
    )
    parser.add_argument(
        "--tag", action="append", metavar="TAG", help="what they are about, exactly"
    )
    parser.add_argument("--user", action="append", metavar="USER", help="whose")
    parser.add_argument(
        "--executor",
        action="append",
        type=reading.executor,
        metavar="EXECUTOR",
        help="where they run: internal or trigger",
    )
    parser.add_argument(
        "--attention",
        nargs="+",
        action="extend",
        type=reading.attention,
        metavar="KIND",
        help=f"open jobs that need a look: {', '.join(AttentionKind)}",
    )
    ended = parser.add_mutually_exclusive_group()
    ended.add_argument(
        "--open",
        dest="is_terminal",
        action="store_const",
        const=False,
        help="only jobs that have not ended",
    )
    ended.add_argument(
        "--ended",
        dest="is_terminal",
        action="store_const",
        const=True,
        help="only jobs that have",
    )


def filter_of(arguments: argparse.Namespace) -> JobFilter:
    """Return the selection; without any argument it is every job.

    Raises:
        InvalidInputError: A member lists too many alternatives.
    """

    def members(name: str) -> tuple[str, ...] | None:
        found = getattr(arguments, name)
        return None if found is None else tuple(dict.fromkeys(found))

    return JobFilter(
        statuses=members("status"),  # type: ignore[arg-type]  # read as statuses
        types=members("type"),
        tags=members("tag"),
        user_ids=members("user"),
        executors=members("executor"),  # type: ignore[arg-type]  # read as executors
        attention=members("attention"),  # type: ignore[arg-type]  # read as kinds
    ).ended(is_terminal=arguments.is_terminal)
