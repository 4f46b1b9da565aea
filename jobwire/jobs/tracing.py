"""Tracing by OpenTelemetry: off until it is switched on, and nothing is imported then.

A trace begins with whoever schedules a job, and goes on in each of its attempts and in
its run on Trigger.dev: the first event of the job keeps its `traceparent`.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from importlib.util import find_spec
from typing import Any, Protocol
from uuid import UUID

from jobwire.models.database import Connection
from jobwire.models.outages import AWAY

#: The name of the header of W3C Trace Context, and of the member of an event's detail.
TRACEPARENT = "traceparent"

_READ = f"""
SELECT job_id, detail->>'{TRACEPARENT}' AS traceparent FROM job_events
 WHERE job_id = ANY ($1::uuid[]) AND version = 1 AND detail ? '{TRACEPARENT}'"""


class TracingUnavailableError(RuntimeError):
    """Tracing was asked for without its packages."""

    def __init__(self) -> None:
        super().__init__(
            "Tracing needs packages that are not installed: run"
            " pip install 'jobwire[otel]'."
        )


class Traces(Protocol):
    """What makes spans."""

    def current(self) -> str | None:
        """Return the span that is current, as a traceparent; None: there is none."""
        ...

    def span(
        self,
        name: str,
        kind: str,
        parent: str | None,
        attributes: Mapping[str, str | int],
    ) -> AbstractContextManager[Any]:
        """Make a span current for the length of a block."""
        ...

    def fail(self, name: str, message: str) -> None:
        """Note that what the current span is about has failed."""
        ...


_traces: Traces | None = None


def switch_on(provider: Any = None) -> None:
    """Trace from now on; if that is so already, nothing changes.

    Args:
        provider: An OpenTelemetry tracer provider; None: that of the process.

    Raises:
        TracingUnavailableError: `jobwire[otel]` is not installed.
    """
    global _traces  # noqa: PLW0603 - as OpenTelemetry's own provider is
    if _traces is not None:
        return
    if find_spec("opentelemetry") is None:
        raise TracingUnavailableError
    from jobwire.jobs.otel_traces import OtelTraces  # noqa: PLC0415 - an extra

    _traces = OtelTraces(provider)


def switch_off() -> None:
    """Trace no more."""
    global _traces  # noqa: PLW0603 - see above
    _traces = None


def is_on() -> bool:
    """Whether anything is traced."""
    return _traces is not None


def current() -> str | None:
    """Return the span that is current, as a traceparent; None: none, or it is off."""
    return None if _traces is None else _traces.current()


def headers() -> Mapping[str, str]:
    """Return what tells another system of the span that is current."""
    traceparent = current()
    return {} if traceparent is None else {TRACEPARENT: traceparent}


def span(
    name: str, kind: str, *, parent: str | None = None, **attributes: str | int
) -> AbstractContextManager[Any]:
    """Make a span current for the length of a block, if tracing is on.

    Args:
        name: What is done.
        kind: server, consumer or producer.
        parent: The traceparent that it goes on from; None: what is current.
        attributes: What it is about.
    """
    if _traces is None:
        return nullcontext()
    return _traces.span(name, kind, parent, attributes)


def fail(name: str, message: str) -> None:
    """Note that what the current span is about has failed."""
    if _traces is not None:
        _traces.fail(name, message)


async def read_traceparents(
    connection: Connection, job_ids: Sequence[UUID]
) -> dict[UUID, str]:
    """Return where the traces of jobs come from; nothing is asked while it is off.

    Nor is anything raised when the database is away: no job shall wait for its trace.
    """
    if _traces is None or not job_ids:
        return {}
    try:
        records = await connection.fetch(_READ, list(job_ids))
    except AWAY:
        return {}
    return {record["job_id"]: record["traceparent"] for record in records}
