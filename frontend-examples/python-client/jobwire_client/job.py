"""A job as the API tells of it."""

from dataclasses import dataclass
from typing import Any, Self

FIELDS = """
  id version tag type status isTerminal result
  progress { fraction message } failure { message } cancellation { outcome }
"""


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job at one of its versions."""

    id: str
    #: Of two, the one with the higher version is the newer.
    version: int
    tag: str
    type: str
    #: `QUEUED`, `RUNNING`, `SUCCEEDED`, …; members may be added: see `is_terminal`.
    status: str
    #: Whether it has ended.
    is_terminal: bool
    #: How much is done, from 0 to 1; None when its code did not say.
    fraction: float | None
    #: What is being done; None when its code did not say.
    message: str | None
    #: Its output; None unless it SUCCEEDED.
    result: Any
    #: Why it FAILED or EXPIRED; None for all others.
    failure: str | None
    #: What became of the request to cancel it; None when there was none.
    cancel_outcome: str | None

    @classmethod
    def of(cls, node: dict[str, Any]) -> Self:
        """Read what `FIELDS` selects."""
        progress = node["progress"] or {}
        return cls(
            id=node["id"],
            version=node["version"],
            tag=node["tag"],
            type=node["type"],
            status=node["status"],
            is_terminal=node["isTerminal"],
            fraction=progress.get("fraction"),
            message=progress.get("message"),
            result=node["result"],
            failure=node["failure"] and node["failure"]["message"],
            cancel_outcome=node["cancellation"] and node["cancellation"]["outcome"],
        )
