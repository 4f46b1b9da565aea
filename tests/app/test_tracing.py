"""Traces: from the request that schedules a job into its attempts and its run."""

import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from jobwire import JobContext, Jobwire, Scope, Settings, Viewer, create_app, job
from jobwire.jobs import tracing
from jobwire.jobs.retry_config import RetryConfig
from jobwire.models.database import Database
from jobwire.triggerdev import TriggerDevClient
from tests.worker.conftest import until

TRACE = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{TRACE}-b7ad6b7169203331-01"
SCHEDULE = """mutation ($type: String!) {
  scheduleJob(input: {type: $type, tag: "t"}) { job { id } errors { message } } }"""

pytestmark = pytest.mark.usefixtures("bare_environment")


@job("work", retry_config=RetryConfig(max_attempts=1))
async def work(context: JobContext) -> None:
    with trace.get_tracer("users.own", tracer_provider=PROVIDER).start_as_current_span(
        "inner"
    ):
        context.log.info("working")


@job("fail", retry_config=RetryConfig(max_attempts=1))
def fail() -> None:
    msg = "no luck"
    raise ValueError(msg)


EXPORTER = InMemorySpanExporter()
PROVIDER = TracerProvider()
PROVIDER.add_span_processor(SimpleSpanProcessor(EXPORTER))


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """Those that have ended, while tracing is on."""
    EXPORTER.clear()
    tracing.switch_on(PROVIDER)
    yield EXPORTER
    tracing.switch_off()


def named(spans: InMemorySpanExporter, name: str) -> ReadableSpan | None:
    return next((one for one in spans.get_finished_spans() if one.name == name), None)


def id_of(span: ReadableSpan | None) -> int:
    assert span is not None
    assert span.context is not None
    return span.context.span_id


async def run(database: Database, type: str, spans: InMemorySpanExporter) -> None:
    """Schedule a job as a caller who traces, and wait for the end of its attempt."""
    settings = Settings(database_url=str(database.url), jobs="", tracing=True)
    viewer = Viewer("ann", frozenset(Scope))
    async with Jobwire(settings, jobs=[work, fail]) as jobwire:
        app = create_app(jobwire, authenticate=lambda _: viewer)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://j") as http:
            answer = await http.post(
                "/graphql",
                json={"query": SCHEDULE, "variables": {"type": type}},
                headers={"traceparent": TRACEPARENT},
            )
        assert answer.json()["data"]["scheduleJob"]["errors"] == []

        async def is_told() -> bool:
            return named(spans, f"run {type}") is not None

        await until(is_told, "the span of the attempt")


async def test_an_attempt_goes_on_from_the_request_that_scheduled_its_job(
    database: Database, spans: InMemorySpanExporter
) -> None:
    await run(database, "work", spans)

    request = named(spans, "POST /graphql")
    attempt = named(spans, "run work")
    inner = named(spans, "inner")
    assert request is not None
    assert attempt is not None
    assert inner is not None
    for span in (request, attempt, inner):
        assert span.context is not None
        assert f"{span.context.trace_id:032x}" == TRACE
    assert request.parent is not None
    assert f"{request.parent.span_id:016x}" == TRACEPARENT.split("-")[2]
    assert attempt.parent is not None
    assert attempt.parent.span_id == id_of(request)
    assert inner.parent is not None
    assert inner.parent.span_id == id_of(attempt)
    assert attempt.kind is SpanKind.CONSUMER
    assert attempt.attributes is not None
    assert attempt.attributes["jobwire.job_type"] == "work"
    assert attempt.attributes["jobwire.attempt"] == 1
    assert str(attempt.attributes["jobwire.job_id"]).startswith("job_")


async def test_an_attempt_that_fails_says_why(
    database: Database, spans: InMemorySpanExporter
) -> None:
    await run(database, "fail", spans)

    attempt = named(spans, "run fail")
    assert attempt is not None
    assert attempt.status.status_code is StatusCode.ERROR
    assert attempt.status.description == "ValueError: no luck"


async def test_calls_of_trigger_dev_carry_the_span_that_they_are_made_in(
    spans: InMemorySpanExporter,
) -> None:
    heads: list[httpx.Headers] = []

    def answer(request: httpx.Request) -> httpx.Response:
        heads.append(request.headers)
        return httpx.Response(200, json={"id": "run_1"})

    client = TriggerDevClient(
        secret_key="tr_dev_0123456789",
        transport=httpx.MockTransport(answer),
        context=tracing.headers,
    )
    async with client:
        with tracing.span("dispatch work", "producer", parent=TRACEPARENT):
            await client.tasks.trigger("work", {})
        await client.tasks.trigger("work", {})

    dispatch = id_of(named(spans, "dispatch work"))
    assert heads[0]["traceparent"] == f"00-{TRACE}-{dispatch:016x}-01"
    assert "traceparent" not in heads[1]


def test_nothing_of_it_is_imported_while_it_is_off() -> None:
    code = """import sys, jobwire, jobwire.app.cli, jobwire.app.commands.serve
assert not [one for one in sys.modules if one.startswith("opentelemetry")]"""

    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_its_packages_it_says_what_to_install() -> None:
    code = """import sys
sys.modules["opentelemetry"] = None
from jobwire import Jobwire, Settings
try:
    Jobwire(Settings(_env_file=None, tracing=True))
except RuntimeError as error:
    print(error)"""

    ended = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )

    assert "pip install 'jobwire[otel]'" in ended.stdout


def test_commands_export_it_under_the_name_of_jobwire() -> None:
    code = """from jobwire import Settings
from jobwire.app.trace_export import export_traces
from opentelemetry import trace
export_traces(Settings(_env_file=None, tracing=True))
provider = trace.get_tracer_provider()
print(type(provider).__name__, provider.resource.attributes["service.name"])"""

    ended = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )

    assert ended.stdout == "TracerProvider jobwire\n"
