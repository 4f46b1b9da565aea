"""`jobwire jobs show`: print everything about one job."""

import argparse
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from typing import TypeVar

from jobwire.app.commands.api_json import history_json, line
from jobwire.app.commands.jobs import reading, wording
from jobwire.app.commands.jobs.following import read
from jobwire.app.commands.jobs.printing import print_table
from jobwire.app.commands.jobs.table import Column
from jobwire.app.commands.operating import operate, operator_settings
from jobwire.app.jobwire import Jobwire
from jobwire.jobs.identifiers import job_id_text, schedule_id_text
from jobwire.jobs.iso8601 import format_duration, format_instant
from jobwire.jobs.job import Attempt, Event, Job, Row
from jobwire.jobs.queries import (
    MAX_PAGE,
    Page,
    Window,
    read_attempt_page,
    read_event_page,
)
from jobwire.jobs.secrets import JobSecret, secret_parts

R = TypeVar("R", bound=Row)

#: What stands for what only admins may read.
_HIDDEN = "secret (--secrets shows it)"

EXAMPLES = """\
examples:
  jobwire jobs show job_01kb2x3v5rfmqa8v7e4t6h9w0c
  jobwire jobs show job_01kb2x3v5rfmqa8v7e4t6h9w0c --json | jq .events.nodes
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.add_argument(
        "id", type=reading.job_id, metavar="ID", help="job_…, or the bare UUID"
    )
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    parser.add_argument(
        "--secrets",
        action="store_true",
        help="show data and results that only admins may read, too",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the job, its attempts and its events; return the exit code."""

    async def work(jobwire: Jobwire) -> int:
        engine = jobwire.engine
        job = await read(engine, arguments.id)
        async with engine.database.connection() as connection:
            attempts = await _all(
                lambda window: read_attempt_page(connection, job.id, window),
                lambda attempt: attempt.number,
            )
            events = await _all(
                lambda window: read_event_page(connection, job.id, window),
                lambda event: event.version,
            )
        if arguments.json:
            told = history_json(job, attempts, events, reveal=arguments.secrets)
            print(line(told))
        else:
            hidden = () if arguments.secrets else secret_parts(job)
            _print(job, attempts, events, hidden)
        return 0

    return operate(operator_settings(arguments), work)


async def _all(
    read_page: Callable[[Window[int]], Awaitable[Page[R]]], key: Callable[[R], int]
) -> list[R]:
    found: list[R] = []
    while True:
        after = key(found[-1]) if found else None
        page = await read_page(Window(first=MAX_PAGE, after=after))
        found += page.items
        if not page.has_next_page:
            return found


def _print(
    job: Job,
    attempts: Sequence[Attempt],
    events: Sequence[Event],
    hidden: Collection[JobSecret],
) -> None:
    facts = [(name, value) for name, value in _facts(job, hidden).items() if value]
    names, values = zip(*facts, strict=True)
    print_table([Column(job_id_text(job.id), names), Column("", values)], whole=True)
    for table in (_attempts(attempts) if attempts else (), _events(events)):
        if table:
            print()
            print_table(table, whole=True)


def _facts(job: Job, hidden: Collection[JobSecret]) -> dict[str, str | None]:
    """Name what there is to tell; what is empty is left out."""
    replayed = job.replay_of
    result = job.result and wording.printable(job.result)
    if job.success and JobSecret.RESULT in hidden:
        result = _HIDDEN
    return {
        "uuid": str(job.id),
        "type": wording.printable(job.type),
        "tag": wording.printable(job.tag),
        "user": wording.printable(job.user_id),
        "executor": job.executor,
        "status": job.status,
        "failure": wording.failure_of(job),
        "progress": wording.progress_of(job),
        "cancel": _cancel(job),
        "version": str(job.version),
        "attempts": str(job.attempts),
        "retries": job.retry_config,
        "max duration": (
            None if job.max_duration is None else format_duration(job.max_duration)
        ),
        "created at": format_instant(job.created_at),
        "run at": format_instant(job.run_at),
        "next attempt at": _instant(job.next_attempt_at),
        "expires at": _instant(job.expires_at),
        "started at": _instant(job.started),
        "finished at": _instant(job.finished),
        "updated at": format_instant(job.updated_at),
        "worker": job.leased_by,
        "task": job.trigger_task_id,
        "dispatch": job.trigger_task_id and job.dispatch_state,
        "run": job.trigger_run_id,
        "run's status": job.trigger_status,
        "environment": job.trigger_environment,
        "attention": ", ".join(job.needs),
        "schedule": _schedule(job),
        "retries job": None if replayed is None else job_id_text(replayed),
        "data": _HIDDEN if JobSecret.DATA in hidden else wording.printable(job.data),
        "result": result,
    }


def _attempts(attempts: Sequence[Attempt]) -> list[Column]:
    return [
        Column("ATTEMPT", [str(one.number) for one in attempts]),
        Column("STATUS", [one.status for one in attempts]),
        Column("STARTED", [format_instant(one.started_at) for one in attempts]),
        Column("FINISHED", [_instant(one.finished_at) or "" for one in attempts]),
        Column(
            "WHERE", [one.worker_id or one.trigger_run_id or "" for one in attempts]
        ),
        Column("BACK-OFF", list(map(_backoff, attempts))),
        Column("FAILURE", list(map(wording.failure_of_attempt, attempts))),
    ]


def _events(events: Sequence[Event]) -> list[Column]:
    return [
        Column("VERSION", [str(one.version) for one in events]),
        Column("RECORDED", [format_instant(one.recorded_at) for one in events]),
        Column("EVENT", [one.kind for one in events]),
        Column("STATUS", list(map(wording.move, events))),
        Column("SOURCE", [one.source for one in events]),
        Column("ACTOR", [wording.printable(one.actor or "") for one in events]),
        Column("TOLD", list(map(wording.told_by, events))),
    ]


def _schedule(job: Job) -> str | None:
    if job.schedule_id is None:
        return None
    tick = f", tick {format_instant(job.tick_at)}" if job.tick_at else ""
    return f"{schedule_id_text(job.schedule_id)}{tick}"


def _cancel(job: Job) -> str | None:
    if job.cancel_outcome is None:
        return None
    by = wording.printable(job.cancel_requested_by or "nobody in particular")
    reason = wording.printable(job.cancel_reason or "")
    return f"{job.cancel_outcome}, asked for by {by}{f': {reason}' if reason else ''}"


def _backoff(attempt: Attempt) -> str:
    return "" if attempt.backoff is None else format_duration(attempt.backoff)


def _instant(at: datetime | None) -> str | None:
    return None if at is None else format_instant(at)
