"""How far jobs have come."""

import json
from datetime import datetime
from typing import Any, Self

import strawberry

_LARGEST_INT = 2**31 - 1


@strawberry.type(
    description=(
        "How far a job has come, as its code last reported. Reports are coalesced to"
        " a few per second."
    )
)
class JobProgress:
    """A report of progress."""

    fraction: float | None = strawberry.field(
        description="How much is done, from 0 to 1; null when the code did not say."
    )
    message: str | None = strawberry.field(
        description="What is being done, for people; null when the code did not say."
    )
    current: int | None = strawberry.field(
        description=(
            "How many units are done; null when the code did not say and above"
            f" {_LARGEST_INT:,}."
        )
    )
    total: int | None = strawberry.field(
        description=(
            "How many units there are; null when the code did not say and above"
            f" {_LARGEST_INT:,}."
        )
    )
    updated_at: datetime = strawberry.field(
        description="When the code reported it, by the worker's clock."
    )

    @classmethod
    def from_text(cls, text: str | None, *, updated_at: datetime) -> Self | None:
        """Show a report kept as JSON text; None when nothing was reported.

        Args:
            text: The report.
            updated_at: When the job last changed, for a report without its own time.
        """
        if text is None:
            return None
        report: dict[str, Any] = json.loads(text)
        reported_at = report.get("updatedAt")
        return cls(
            fraction=report.get("fraction"),
            message=report.get("message"),
            current=_int(report.get("current")),
            total=_int(report.get("total")),
            updated_at=(
                updated_at
                if reported_at is None
                else datetime.fromisoformat(reported_at)
            ),
        )


def _int(value: int | None) -> int | None:
    return None if value is None or abs(value) > _LARGEST_INT else value
