"""Exporting traces, for our own commands; a host has a tracer provider of its own."""

from jobwire.app.settings import Settings, SettingsError
from jobwire.jobs import tracing


def export_traces(settings: Settings) -> None:
    """Send what is traced to where the variables of OpenTelemetry say (`OTEL_…`).

    Raises:
        SettingsError: Tracing is switched on, and `jobwire[otel]` is not installed.
    """
    if not settings.tracing:
        return
    try:
        tracing.switch_on()
        from opentelemetry import trace  # noqa: PLC0415 - an extra
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except (tracing.TracingUnavailableError, ImportError):
        raise SettingsError(
            f"JOBWIRE_TRACING is set. {tracing.TracingUnavailableError()}"
        ) from None
    # OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win over this name.
    provider = TracerProvider(resource=Resource.create({"service.name": "jobwire"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
