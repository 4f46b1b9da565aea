"""Arguments as values: each reader refuses what does not fit with what was expected."""

import json
import re
import sys
from argparse import ArgumentTypeError
from datetime import datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from uuid import UUID

from graphql import GraphQLError

from jobwire.gql.scalars import parse_duration, parse_instant
from jobwire.jobs import identifiers
from jobwire.models.vocabulary import (
    AttentionKind,
    Executor,
    JobStatus,
    LogLevel,
    MisfirePolicy,
    NotificationStatus,
    OverlapPolicy,
    ScheduleOwner,
)

_SHORT = re.compile(
    r"(?P<days>\d+d)?(?P<time>(?:\d+h)?(?:\d+m)?(?:\d+(?:\.\d+)?s)?)", re.ASCII
)
_STDIN = "-"
_FILE = "@"


def job_id(text: str) -> UUID:
    """Read `job_…` or a bare UUID."""
    try:
        return identifiers.parse_job_id(text)
    except ValueError:
        raise ArgumentTypeError(
            "expected the id of a job, job_ and 26 letters and digits, or a UUID, not"
            f" {text!r}"
        ) from None


def schedule_id(text: str) -> UUID:
    """Read `sch_…` or a bare UUID."""
    try:
        return identifiers.parse_schedule_id(text)
    except ValueError:
        raise ArgumentTypeError(
            "expected the id of a job schedule, sch_ and 26 letters and digits, or a"
            f" UUID, not {text!r}"
        ) from None


def owner(text: str) -> ScheduleOwner:
    """Read whose clock fires a schedule, in any case."""
    owners: list[str] = list(ScheduleOwner)
    word = text.upper().replace("-", "_")
    return ScheduleOwner(_word(word, owners, "owner", text))


def overlap_policy(text: str) -> OverlapPolicy:
    """Read a policy of overlaps in any case."""
    policies: list[str] = list(OverlapPolicy)
    word = text.upper().replace("-", "_")
    return OverlapPolicy(_word(word, policies, "overlap policy", text))


def misfire_policy(text: str) -> MisfirePolicy:
    """Read a policy of misfires in any case."""
    policies: list[str] = list(MisfirePolicy)
    word = text.upper().replace("-", "_")
    return MisfirePolicy(_word(word, policies, "misfire policy", text))


def status(text: str) -> JobStatus:
    """Read a status in any case."""
    return JobStatus(_word(text.upper(), list(JobStatus), "status", text))


def notification_status(text: str) -> NotificationStatus:
    """Read the status of a notification in any case."""
    statuses: list[str] = list(NotificationStatus)
    return NotificationStatus(_word(text.upper(), statuses, "status", text))


def executor(text: str) -> Executor:
    """Read an executor in any case."""
    return Executor(_word(text.lower(), list(Executor), "executor", text))


def attention(text: str) -> AttentionKind:
    """Read a kind of attention in any case."""
    kinds: list[str] = list(AttentionKind)
    return AttentionKind(_word(text.upper(), kinds, "kind of attention", text))


def log_level(text: str) -> LogLevel:
    """Read a level of a log in any case."""
    return LogLevel(_word(text.upper(), list(LogLevel), "level", text))


def duration(text: str) -> timedelta:
    """Read an ISO 8601 duration, or a short one such as 30s, 1h30m or 2d."""
    found = _SHORT.fullmatch(text)
    days, time = found.group("days", "time") if found else (None, "")
    iso = f"P{days or ''}{f'T{time}' if time else ''}".upper() if found else text
    try:
        return parse_duration(iso)
    except GraphQLError:
        raise ArgumentTypeError(
            "expected a duration such as 30s, 5m, 1h30m, 2d or PT5M, at most a hundred"
            f" years, not {text!r}"
        ) from None


def instant(text: str) -> datetime:
    """Read an instant with its offset from UTC."""
    try:
        return parse_instant(text)
    except GraphQLError as error:
        raise ArgumentTypeError(error.message.removesuffix(".")) from None


def json_value(text: str) -> Any:
    """Read JSON: the argument itself, from stdin (`-`) or from a file (`@file`)."""
    given, place = text, "in the argument"
    try:
        if text == _STDIN:
            given, place = sys.stdin.read(), "on stdin"
        elif text.startswith(_FILE):
            place = f"in {text.removeprefix(_FILE)}"
            given = Path(text.removeprefix(_FILE)).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise ArgumentTypeError(f"cannot read the data {place}: {error}") from None
    try:
        return json.loads(given)
    except (ValueError, RecursionError) as error:
        raise ArgumentTypeError(
            f'expected JSON {place}, such as \'{{"name": "Ada"}}\', but {error}'
        ) from None


def limit(text: str) -> int:
    """Read how many at most."""
    if text.isascii() and text.isdecimal() and int(text) > 0:
        return int(text)
    raise ArgumentTypeError(f"expected a whole number from 1 on, not {text!r}")


def version(text: str) -> int:
    """Read a version; 0: there is none yet."""
    if text.isascii() and text.isdecimal():
        return int(text)
    raise ArgumentTypeError(f"expected a whole number from 0 on, not {text!r}")


def _word(word: str, known: list[str], what: str, given: str) -> str:
    if word in known:
        return word
    near = get_close_matches(word, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"those are {', '.join(known)}"
    raise ArgumentTypeError(f"there is no {what} {given!r}; {hint}")
