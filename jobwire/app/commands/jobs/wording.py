"""Jobs in words, for people at a terminal."""

import json
from datetime import datetime, timedelta
from typing import Any

from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.iso8601 import format_instant
from jobwire.jobs.job import Attempt, Event, Job
from jobwire.jobs.logs.line import EXCEPTION
from jobwire.jobs.logs.read import LogLine

_UNITS = (("d", 86_400), ("h", 3600), ("m", 60), ("s", 1))


def printable(text: str) -> str:
    """Write what a terminal would obey instead of show as escapes."""
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode()
        for one in text
    )


def age(span: timedelta) -> str:
    """Write a span in its largest unit, cut off: 59s, 3h."""
    seconds = max(int(span.total_seconds()), 0)
    unit, size = next((each for each in _UNITS if seconds >= each[1]), _UNITS[-1])
    return f"{seconds // size}{unit}"


def progress(report: dict[str, Any] | None) -> str:
    """Write a report of progress: 42% 17/40 reading; empty when there is none."""
    if report is None:
        return ""
    fraction, current = report.get("fraction"), report.get("current")
    total, message = report.get("total"), report.get("message")
    parts = []
    if fraction is not None:
        parts.append(f"{fraction:.0%}")
    if current is not None:
        parts.append(f"{current}" if total is None else f"{current}/{total}")
    if message:
        parts.append(printable(message))
    return " ".join(parts)


def progress_of(job: Job) -> str:
    """Write how far a job has come."""
    return progress(None if job.progress is None else json.loads(job.progress))


def failure(kind: str | None, kept: dict[str, Any] | None) -> str:
    """Write why something failed: TASK_ERROR ValueError: no; empty when it did not."""
    if kind is None:
        return ""
    name, message = (kept or {}).get("name"), (kept or {}).get("message")
    said = ": ".join(part for part in (name, message) if part)
    return f"{kind} {printable(said)}".rstrip()


def failure_of(job: Job) -> str:
    """Write why a job FAILED or EXPIRED; empty for all others."""
    if job.failure_kind is None:
        return ""
    return failure(job.failure_kind, json.loads(job.result or "{}").get("error"))


def failure_of_attempt(attempt: Attempt) -> str:
    """Write why an attempt failed; empty when it did not."""
    kept = None if attempt.failure is None else json.loads(attempt.failure)
    return failure(attempt.failure_kind, kept)


def told_by(event: Event) -> str:
    """Write the progress or the failure that an event brought; empty when neither."""
    changes = json.loads(event.changes)
    error = (changes.get("result") or {}).get("error")
    return failure(changes.get("failure_kind"), error) or progress(
        changes.get("progress")
    )


def standing(job: Job) -> str:
    """Write one line of how a job stands."""
    return _line(job, job.updated_at, job.status, failure_of(job) or progress_of(job))


def happening(job: Job, event: Event, *, left_filter: bool = False) -> str:
    """Write one line of an event: what it did, and what came with it."""
    moved = event.from_status != event.to_status
    return _line(
        job,
        event.recorded_at,
        move(event) if moved else f"{event.to_status} {event.kind}",
        told_by(event),
        "(no longer selected)" if left_filter else "",
    )


def logged(line: LogLine) -> str:
    """Write a line of a log: time, level, attempt, message and fields.

    The text of an exception follows on lines of its own.
    """
    fields = json.loads(line.fields or "{}")
    exception = fields.pop(EXCEPTION, "")
    told = "  ".join(
        (
            format_instant(line.at),
            f"{line.level:<5}",
            str(line.attempt),
            printable(line.message),
            *(f"{printable(name)}={_value(fields[name])}" for name in fields),
        )
    )
    return "\n".join([told, *map(printable, str(exception).splitlines())])


def move(event: Event) -> str:
    """Write what an event did to the status."""
    if event.from_status in (None, event.to_status):
        return event.to_status
    return f"{event.from_status} → {event.to_status}"


def _value(value: object) -> str:
    return printable(
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    )


def _line(job: Job, when: datetime, *parts: str) -> str:
    names = (job_id_text(job.id), printable(job.type), printable(job.tag))
    return "  ".join(filter(None, (format_instant(when), *names, *parts)))
