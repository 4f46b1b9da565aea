"""JSON that is too long to be read with each row of a list, and is read when asked for.

A page of a hundred jobs may hold 150 MB of data and output, which hardly anybody asks
for together with it.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

#: Bytes up to which JSON is read with its row.
SHORT = 2_048
#: What stands in a row in the place of longer JSON; it is no JSON itself.
LEFT_OUT = ""


class LongColumn(StrEnum):
    """Where long JSON stands."""

    DATA = "worker_jobs.data"
    RESULT = "worker_jobs.result"
    CHANGES = "job_events.changes"
    SCHEDULE_DATA = "job_schedules.data"


@dataclass(frozen=True, slots=True)
class LongJson:
    """One value that was left out.

    Attributes:
        column: Its column.
        id: The job, also of an event, or the schedule.
        version: The version of the event; 0 for what is none.
    """

    column: LongColumn
    id: UUID
    version: int = 0


def short(column: str, *, when: str = "true") -> str:
    """Write what is selected of a column: its text, or `LEFT_OUT` if that is long.

    Args:
        column: The column.
        when: The condition under which it may be left out.
    """
    # Most of what is long is known to be by its size in the table.
    return (
        f"CASE WHEN {when} AND (pg_column_size({column}) > {SHORT}"
        f" OR octet_length({column}::text) > {SHORT})"
        f" THEN '{LEFT_OUT}' ELSE {column}::text END"
    )
