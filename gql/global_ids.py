"""Public ids: those of attempts and events resolve through their job."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from jobwire.jobs import identifiers
from jobwire.jobs.errors import NotFoundError

_LARGEST_NUMBER = 2**31 - 1


class Kind(StrEnum):
    """What an id names; the word before the first underscore."""

    JOB = identifiers.JOB_PREFIX
    ATTEMPT = "att"
    EVENT = identifiers.EVENT_PREFIX
    BULK_OPERATION = identifiers.BULK_OPERATION_PREFIX
    SCHEDULE = identifiers.SCHEDULE_PREFIX


#: Kinds that are a part of a job, and have a number in it.
_PARTS = frozenset({Kind.ATTEMPT, Kind.EVENT})


@dataclass(frozen=True, slots=True)
class GlobalId:
    """What a public id says.

    Attributes:
        kind: What it names.
        id: The thing itself, or the job that it is a part of.
        number: The attempt's number or the event's version; 0 for others.
    """

    kind: Kind
    id: UUID
    number: int = 0

    def __str__(self) -> str:
        """Write the public id: `job_…`, `sch_…`, `blk_…`, `att_…_1` or `evt_…_1`."""
        text = identifiers.type_id(self.kind, self.id)
        return f"{text}_{self.number}" if self.kind in _PARTS else text


def parse_global_id(text: str) -> GlobalId | None:
    """Read a public id; None: it cannot be one, so it names nothing."""
    prefix, _, rest = text.partition("_")
    try:
        kind = Kind(prefix)
        if kind not in _PARTS:
            return GlobalId(kind, identifiers.parse_type_id(kind, text))
        suffix, _, number = rest.partition("_")
        found = GlobalId(
            kind, identifiers.parse_type_id(kind, f"{kind}_{suffix}"), int(number)
        )
    except ValueError:
        return None
    is_canonical = str(found) == text and 0 < found.number <= _LARGEST_NUMBER
    return found if is_canonical else None


def parse_job_id(text: str) -> UUID | None:
    """Read the id of a job or its bare UUID; None: it names no job."""
    try:
        return identifiers.parse_job_id(text)
    except ValueError:
        return None


def read_job_id(text: str) -> UUID:
    """Read the id of a job or its bare UUID.

    Raises:
        NotFoundError: It names no job.
    """
    found = parse_job_id(text)
    if found is None:
        raise NotFoundError(text)
    return found


def parse_bulk_operation_id(text: str) -> UUID | None:
    """Read the id of a bulk operation; None: it names none."""
    found = parse_global_id(text)
    if found is None or found.kind is not Kind.BULK_OPERATION:
        return None
    return found.id


def read_bulk_operation_id(text: str) -> UUID:
    """Read the id of a bulk operation.

    Raises:
        NotFoundError: It names none.
    """
    found = parse_bulk_operation_id(text)
    if found is None:
        raise NotFoundError(text, what="bulk operation")
    return found


def read_schedule_id(text: str) -> UUID:
    """Read the id of a job schedule.

    Raises:
        NotFoundError: It names none.
    """
    found = parse_schedule_id(text)
    if found is None:
        raise NotFoundError(text, what="job schedule")
    return found


def parse_schedule_id(text: str) -> UUID | None:
    """Read the id of a job schedule; None: it names none."""
    found = parse_global_id(text)
    if found is None or found.kind is not Kind.SCHEDULE:
        return None
    return found.id
