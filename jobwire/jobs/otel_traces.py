"""Spans of OpenTelemetry; imported only when tracing is switched on."""

from collections.abc import Mapping
from contextlib import AbstractContextManager

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, TracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_KINDS = {kind.name.lower(): kind for kind in SpanKind}
_CONTEXT = TraceContextTextMapPropagator()


class OtelTraces:
    """Makes spans.

    Args:
        provider: Who takes them; None: the tracer provider of the process.
    """

    def __init__(self, provider: TracerProvider | None) -> None:
        self._tracer = trace.get_tracer("jobwire", tracer_provider=provider)

    def current(self) -> str | None:
        """Return the span that is current, as a traceparent; None: there is none."""
        carrier: dict[str, str] = {}
        _CONTEXT.inject(carrier)
        return carrier.get("traceparent")

    def span(
        self,
        name: str,
        kind: str,
        parent: str | None,
        attributes: Mapping[str, str | int],
    ) -> AbstractContextManager[Span]:
        """Make a span current for the length of a block."""
        context = None if parent is None else _CONTEXT.extract({"traceparent": parent})
        return self._tracer.start_as_current_span(
            name,
            context=context,
            kind=_KINDS[kind],
            attributes={f"jobwire.{key}": value for key, value in attributes.items()},
        )

    def fail(self, name: str, message: str) -> None:
        """Note that what the current span is about has failed."""
        span = trace.get_current_span()
        span.set_status(Status(StatusCode.ERROR, f"{name}: {message}"))
        span.set_attribute("error.type", name)
