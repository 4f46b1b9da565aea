"""What a run did, as spans: the whole tree, and one of them in detail."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jobwire.triggerdev.errors import MalformedResponseError
from jobwire.triggerdev.fields import Fields

#: How deep a tree is followed.
_MAX_DEPTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceSpan:
    """A part of what a run did.

    Attributes:
        parent_id: None: it is the root.
        started_at: In UTC.
        duration: So far, when it is partial.
        is_partial: Whether it has not ended yet.
        level: Such as TRACE, DEBUG or INFO.
        data: All that the server tells of it, unread.
        children: In the order of the server.
    """

    id: str
    parent_id: str | None
    run_id: str
    message: str
    started_at: datetime
    duration: timedelta
    is_error: bool
    is_partial: bool
    is_cancelled: bool
    level: str
    data: dict[str, Any]
    children: "tuple[TraceSpan, ...]"

    def walk(self) -> "Iterator[TraceSpan]":
        """Iterate over it and everything beneath it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything that a run did, its children's runs included.

    Attributes:
        is_truncated: Whether the server left out a part of it.
    """

    id: str
    root: TraceSpan
    is_truncated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanDetail:
    """One span, with what the tree does not tell.

    Attributes:
        properties, events: JSON, as the server has it.
        triggered_run_ids: Runs that were triggered in it.
        data: All that the server tells of it, unread.
    """

    id: str
    parent_id: str | None
    run_id: str
    message: str
    started_at: datetime
    duration: timedelta
    is_error: bool
    is_partial: bool
    is_cancelled: bool
    level: str
    properties: Any
    events: Any
    triggered_run_ids: tuple[str, ...]
    data: dict[str, Any]


def read_trace(body: object) -> Trace:
    """Read the answer of asking for a trace.

    Raises:
        MalformedResponseError: It has another shape.
    """
    whole = Fields(body, "the answer", refuse=MalformedResponseError)
    trace = whole.object("trace")
    root = _span(trace.object("rootSpan"), 0)
    return Trace(trace.text("traceId"), root, trace.flag("isTruncated"))


def read_span(body: object) -> SpanDetail:
    """Read the answer of asking for a span.

    Raises:
        MalformedResponseError: It has another shape.
    """
    fields = Fields(body, "the span", refuse=MalformedResponseError)
    triggered = fields.optional_objects("triggeredRuns")
    return SpanDetail(
        id=fields.text("spanId"),
        parent_id=fields.optional_text("parentId"),
        run_id=fields.text("runId"),
        message=fields.optional_text("message") or "",
        started_at=fields.time("startTime"),
        duration=fields.span("durationMs", per_second=1000),
        is_error=fields.flag("isError"),
        is_partial=fields.flag("isPartial"),
        is_cancelled=fields.flag("isCancelled"),
        level=fields.optional_text("level") or "",
        properties=fields.any("properties"),
        events=fields.any("events"),
        triggered_run_ids=tuple(run.text("runId") for run in triggered),
        data=fields.whole(),
    )


def _span(fields: Fields, depth: int) -> TraceSpan:
    if depth > _MAX_DEPTH:
        raise MalformedResponseError(f"The trace is deeper than {_MAX_DEPTH} spans.")
    data = fields.object("data")
    return TraceSpan(
        id=fields.text("id"),
        parent_id=fields.optional_text("parentId"),
        run_id=fields.text("runId"),
        message=data.optional_text("message") or "",
        started_at=data.time("startTime"),
        duration=data.span("duration", per_second=1_000_000_000),
        is_error=data.flag("isError"),
        is_partial=data.flag("isPartial"),
        is_cancelled=data.flag("isCancelled"),
        level=data.optional_text("level") or "",
        data=data.whole(),
        children=tuple(
            _span(child, depth + 1) for child in fields.optional_objects("children")
        ),
    )
