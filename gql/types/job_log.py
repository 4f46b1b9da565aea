"""Lines of the logs of jobs."""

import json
from datetime import datetime
from enum import Enum
from typing import Self

import strawberry
from strawberry.scalars import JSON

from jobwire.gql.pagination import log_cursors
from jobwire.gql.resolved import resolved
from jobwire.gql.types.page_info import PageInfo
from jobwire.jobs.logs.read import LogLine
from jobwire.jobs.queries import Page
from jobwire.models.vocabulary import LogLevel as Level

#: The largest number that GraphQL's Int can carry.
_MAX_INT = 2**31 - 1


@strawberry.enum(
    name="LogLevel",
    description="How grave a line of a log is, from the least to the gravest.",
)
class LogLevel(Enum):
    """The published part of `jobwire.models.vocabulary.LogLevel`."""

    DEBUG = strawberry.enum_value(
        Level.DEBUG.value,
        description=(
            "Of use to who looks for a fault. INTERNAL jobs store it only when"
            " JOBWIRE_JOB_LOG_LEVEL says so."
        ),
    )
    INFO = strawberry.enum_value(Level.INFO.value, description="As it should be.")
    WARN = strawberry.enum_value(
        Level.WARN.value, description="Not as it should be; the work goes on."
    )
    ERROR = strawberry.enum_value(Level.ERROR.value, description="Something failed.")


def to_level(level: LogLevel | None) -> Level:
    """Read the least level that is asked for; null: all of them."""
    return Level.DEBUG if level is None else Level[level.name]


def shown_count(dropped: int | None) -> int | None:
    """Return how many lines were dropped, as far as an Int can tell."""
    return None if dropped is None else min(dropped, _MAX_INT)


@strawberry.type(
    description=(
        "A line that the code of a job wrote. A job keeps its newest 1,000, and at the"
        " place of those that were dropped one line with droppedCount, which tells of"
        " them. Lines are no events and raise no version."
    )
)
class JobLog:
    """One line."""

    at: datetime = strawberry.field(
        description="When it was written, by the clock of its writer."
    )
    level: LogLevel = strawberry.field(description="How grave it is.")
    attempt: int = strawberry.field(
        description="The number of the attempt that wrote it."
    )
    message: str = strawberry.field(
        description="At most 4,000 bytes of UTF-8; … stands where more was cut off."
    )
    written: strawberry.Private[str | None]

    @resolved(
        "A JSON object of the named values beside it, at most 8,000 bytes of JSON and"
        " the text of an exception, exception, of 16,000; null when there are none."
        " Values that are no JSON are text. Cut text ends with …, and a field … says"
        " how many others were left out."
    )
    def fields(self) -> JSON | None:
        """Return the named values."""
        return None if self.written is None else JSON(json.loads(self.written))

    dropped_count: int | None = strawberry.field(
        description=(
            "How many lines were dropped at this place, which message tells; null for"
            " a line of the job's code."
        )
    )

    @classmethod
    def of(cls, line: LogLine) -> Self:
        """Show a row of logs."""
        return cls(
            at=line.at,
            level=LogLevel(line.level),
            attempt=line.attempt,
            message=line.message,
            written=line.fields,
            dropped_count=shown_count(line.dropped),
        )


@strawberry.type(description="A line and its place in the log.")
class JobLogEdge:
    """Relay's edge."""

    cursor: str = strawberry.field(
        description=(
            "The place of the line in the log of its job, for after and before, in the"
            " list and in the subscription jobLogs; it is no EventCursor."
        )
    )
    node: JobLog = strawberry.field(description="The line.")

    @classmethod
    def of(cls, line: LogLine) -> Self:
        """Show a row of logs at its place."""
        cursor = log_cursors(line.job_id).encode(line.id)
        return cls(cursor=cursor, node=JobLog.of(line))


@strawberry.type(
    description="A page of the log of a job, in the order in which it was stored."
)
class JobLogConnection:
    """Relay's connection."""

    edges: list[JobLogEdge] = strawberry.field(
        description="The lines of the page with their cursors."
    )
    nodes: list[JobLog] = strawberry.field(
        description="The lines of the page without their cursors."
    )
    page_info: PageInfo = strawberry.field(
        description="Where the page stands in the log."
    )

    @classmethod
    def of(cls, page: Page[LogLine]) -> Self:
        """Show a page of lines of one job."""
        edges = [JobLogEdge.of(line) for line in page.items]
        return cls(
            edges=edges,
            nodes=[edge.node for edge in edges],
            page_info=PageInfo.of(page, [edge.cursor for edge in edges]),
        )
