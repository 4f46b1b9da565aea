"""Why jobs and attempts failed."""

import json
from enum import Enum
from typing import Any, Self

import strawberry

from jobwire.gql.resolved import resolved
from jobwire.gql.scopes import RequiresScope
from jobwire.jobs.viewer import Scope
from jobwire.models.vocabulary import FailureKind


@strawberry.enum(
    name="JobFailureKind",
    description="Why a job or an attempt failed. Members may be added.",
)
class JobFailureKind(Enum):
    """The published part of `jobwire.models.vocabulary.FailureKind`."""

    TASK_ERROR = strawberry.enum_value(
        FailureKind.TASK_ERROR.value, description="The job's code raised an error."
    )
    TIMEOUT = strawberry.enum_value(
        FailureKind.TIMEOUT.value,
        description="The attempt ran longer than the job's maxDuration.",
    )
    CRASHED = strawberry.enum_value(
        FailureKind.CRASHED.value,
        description="The process that ran it died, or its worker lost the lease.",
    )
    OUT_OF_MEMORY = strawberry.enum_value(
        FailureKind.OUT_OF_MEMORY.value,
        description="The process that ran it needed more memory than it had.",
    )
    DISPATCH_REJECTED = strawberry.enum_value(
        FailureKind.DISPATCH_REJECTED.value,
        description="Trigger.dev refused to run it.",
    )
    ORPHANED = strawberry.enum_value(
        FailureKind.ORPHANED.value,
        description="Its run is gone, and nobody told how it ended.",
    )
    PLATFORM = strawberry.enum_value(
        FailureKind.PLATFORM.value, description="Trigger.dev itself failed."
    )
    EXPIRED = strawberry.enum_value(
        FailureKind.EXPIRED.value,
        description="The job's time-to-live passed before it started.",
    )


@strawberry.type(description="Why a job or one of its attempts failed.")
class JobFailure:
    """A failure as the executor told it."""

    kind: JobFailureKind = strawberry.field(description="What sort of failure it is.")
    name: str | None = strawberry.field(
        description="The class of the error; null when no code raised it."
    )
    message: str = strawberry.field(
        description="What the error said, for people; it may be empty."
    )
    code: str | None = strawberry.field(
        description="The error's own stable word; null when it has none."
    )
    trace: strawberry.Private[str | None]

    @resolved(
        "Where in the code it was raised; null without the scope ADMIN and when"
        " nothing was raised.",
        extensions=[RequiresScope(Scope.ADMIN, hides=True)],
    )
    def stack(self) -> str | None:
        """Return the stack, which tells more of the code than users should see."""
        return self.trace

    @classmethod
    def of(cls, kind: str, failure: dict[str, Any] | None) -> Self:
        """Show a failure: its kind, and what was kept of it."""
        kept = failure or {}
        return cls(
            kind=JobFailureKind(kind),
            name=kept.get("name"),
            message=kept.get("message") or "",
            code=kept.get("code"),
            trace=kept.get("stack"),
        )

    @classmethod
    def from_text(cls, kind: str | None, text: str | None) -> Self | None:
        """Show a failure kept as JSON text; None when there was none."""
        if kind is None:
            return None
        return cls.of(kind, None if text is None else json.loads(text))
