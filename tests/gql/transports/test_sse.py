"""GraphQL over Server-Sent Events: what is streamed, what is refused, who ends it."""

import asyncio
import json
from collections.abc import AsyncGenerator, MutableMapping
from datetime import timedelta
from typing import Any, NoReturn

import asyncpg
import httpx
import pytest
from starlette.applications import Starlette

from jobwire.gql.result import RequestError, Result
from jobwire.gql.transports import Terms, graphql_routes
from jobwire.gql.transports.parameters import MAX_BODY_BYTES, MAX_QUERY_STRING_BYTES
from jobwire.gql.transports.sse import EventStream, Refused
from jobwire.jobs.engine import Engine
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.viewer import Scope, Viewer
from tests.clock import FakeClock
from tests.gql.callers import CALLERS, authenticate
from tests.gql.client import COMPLETE, PATIENCE, Api, Event
from tests.gql.client import EventStream as Events
from tests.gql.host import Host
from tests.gql.steps import Steps
from tests.gql.transports.watched import Watched
from tests.gql.types import MakeJob, OpenEvents

EVENTS = {"accept": "text/event-stream", "authorization": "Bearer alice"}
VIEWER = "{ viewer { userId } }"
MUTATION = 'mutation { scheduleJob(input: {type: "no-op", tag: "t"}) { created } }'
FOLLOW_JOB = "subscription ($id: ID!) { jobUpdates(id: $id) { __typename } }"
FOLLOW_STATUS = "subscription ($id: ID!) { jobStatusChanged(id: $id) { status } }"
FOLLOW_LIST = """subscription { jobListUpdates { __typename
  ... on JobChange { job { tag } } ... on StreamClosing { reason } } }"""


def _next(**data: Any) -> Event:
    return Event("next", json.dumps({"data": data}, separators=(",", ":")))


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_query_is_answered_once(open_events: OpenEvents, method: str) -> None:
    async with open_events(VIEWER, method=method) as stream:
        events = await stream.rest()

    assert stream.response.status_code == 200
    assert events == [_next(viewer={"userId": "user-1"}), COMPLETE]


async def test_a_mutation_is_answered_once(open_events: OpenEvents) -> None:
    async with open_events(MUTATION) as stream:
        assert await stream.rest() == [_next(scheduleJob={"created": True}), COMPLETE]


FOLLOW_FROM = """subscription ($id: ID!, $after: EventCursor, $snapshot: Boolean) {
  jobUpdates(id: $id, after: $after, snapshot: $snapshot) {
    __typename ... on JobChange { event { kind } } } }"""


async def _told(stream: Events, count: int) -> list[Event]:
    return [event for event in [await stream.event() for _ in range(count)] if event]


async def test_a_stream_goes_on_behind_the_last_event_that_the_client_names(
    open_events: OpenEvents, make_job: MakeJob, steps: Steps
) -> None:
    job_id = job_id_text((await make_job()).id)
    async with open_events(FOLLOW_FROM, id=job_id) as stream:
        snapshot, caught_up = await _told(stream, 2)
        claimed = await steps.start()
        [started] = await _told(stream, 1)
    await steps.report(claimed)

    # Whoever has nothing but the snapshot may have a part of it, and begins again.
    assert snapshot.id is None
    assert "JobSnapshot" in snapshot.data
    for last, kinds in (
        (caught_up.id, ["STARTED", "PROGRESS"]),
        (started.id, ["PROGRESS"]),
    ):
        assert last is not None
        async with open_events(
            FOLLOW_FROM, last_event_id=last, id=job_id, snapshot=True
        ) as resumed:
            told = await resumed.until("StreamCaughtUp", "jobUpdates")
        assert [one["event"]["kind"] for one in told[:-1]] == kinds


async def test_a_last_event_that_this_server_did_not_name_is_refused(
    open_events: OpenEvents, make_job: MakeJob
) -> None:
    job_id = job_id_text((await make_job()).id)
    for last in ("made up", "0", "é"):
        async with open_events(FOLLOW_FROM, last_event_id=last, id=job_id) as stream:
            refused, complete = await stream.rest()
        [error] = refused.result["errors"]
        assert error["extensions"]["code"] == "INVALID_CURSOR"
        assert complete == COMPLETE


async def test_a_status_is_not_resumed_because_it_begins_with_how_the_job_stands(
    open_events: OpenEvents, make_job: MakeJob, steps: Steps
) -> None:
    job_id = job_id_text((await make_job()).id)
    async with open_events(FOLLOW_STATUS, id=job_id) as stream:
        await _told(stream, 1)
        await steps.start()
        [running] = await _told(stream, 1)

    assert running.id is None


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_subscription_tells_its_results_as_they_come(
    open_events: OpenEvents, make_job: MakeJob, steps: Steps, method: str
) -> None:
    job = await make_job()
    async with open_events(
        FOLLOW_STATUS, method=method, id=job_id_text(job.id)
    ) as stream:
        assert await stream.next("jobStatusChanged") == {"status": "QUEUED"}
        claimed = await steps.start()
        assert await stream.next("jobStatusChanged") == {"status": "RUNNING"}
        await steps.succeed(claimed)

        assert await stream.rest() == [
            _next(jobStatusChanged={"status": "SUCCEEDED"}),
            COMPLETE,
        ]


async def test_an_event_is_one_line_whatever_its_text(
    open_events: OpenEvents, api: Api
) -> None:
    tag = "a: b\u2028c\u0085d 𝄞"
    schedule = """mutation ($tag: String!) {
      scheduleJob(input: {type: "no-op", tag: $tag}) { errors { message } job { tag } }
    }"""
    async with open_events(FOLLOW_LIST) as stream:
        await stream.until("StreamCaughtUp", "jobListUpdates")
        answer = await api.data(schedule, tag=tag)
        assert answer["scheduleJob"]["errors"] == []

        change = await stream.next("jobListUpdates")
    assert change["job"] == {"tag": tag}


async def test_the_answer_is_neither_stored_nor_held_back(
    open_events: OpenEvents,
) -> None:
    async with open_events(FOLLOW_LIST) as stream:
        headers = stream.response.headers

    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert headers["cache-control"] == "no-store"
    assert headers["x-accel-buffering"] == "no"
    assert headers["x-content-type-options"] == "nosniff"


async def test_headers_are_written_as_asgi_has_them() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> NoReturn:
        await asyncio.Event().wait()
        raise AssertionError

    refused = Refused(RequestError([{"message": "No."}]))
    await EventStream(refused, Terms())({}, receive, send)

    names = [name for name, _ in sent[0]["headers"]]
    assert names == [name.lower() for name in names]


@pytest.mark.parametrize(
    ("accept", "is_stream"),
    [
        ("text/event-stream", True),
        ("Text/Event-Stream; charset=utf-8", True),
        ("text/*", True),
        ("text/event-stream, application/json", True),
        ("application/json;q=0.9, text/event-stream", True),
        ("application/json, text/event-stream", False),
        (
            "application/graphql-response+json, application/json, text/event-stream",
            False,
        ),
        ("text/event-stream;q=0.5, */*", False),
        ("text/event-stream;q=0, application/json", False),
    ],
)
async def test_events_are_for_clients_that_like_them_best(
    api: Api, accept: str, *, is_stream: bool
) -> None:
    response = await api.post({"query": VIEWER}, headers={"accept": accept})

    media_type = response.headers["content-type"].partition(";")[0]
    assert response.status_code == 200
    assert (media_type == "text/event-stream") is is_stream


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { a } query B { b }", "GRAPHQL_VALIDATION_FAILED"),
        (FOLLOW_JOB, "BAD_USER_INPUT"),
        ('subscription { jobUpdates(id: "x") { __typename } }', "NOT_FOUND"),
    ],
    ids=["syntax", "field", "two operations", "variable", "unknown job"],
)
async def test_an_operation_that_cannot_run_is_an_error_in_the_stream(
    open_events: OpenEvents, query: str, code: str, method: str
) -> None:
    async with open_events(query, method=method) as stream:
        refused, *rest = await stream.rest()

    assert stream.response.status_code == 200
    assert set(refused.result) == {"errors"}
    assert refused.result["errors"][0]["extensions"]["code"] == code
    assert rest == [COMPLETE]


async def test_an_error_of_a_field_is_in_the_result(open_events: OpenEvents) -> None:
    query = '{ job(id: "x") { id } viewer { userId } }'
    async with open_events(query, caller="writer") as stream:
        result, *rest = await stream.rest()

    assert result.result["data"] == {"job": None, "viewer": {"userId": "user-1"}}
    assert result.result["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert rest == [COMPLETE]


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize("caller", [None, "nobody"])
async def test_a_caller_who_is_not_known_is_answered_with_401(
    open_events: OpenEvents, caller: str | None, method: str
) -> None:
    async with open_events(VIEWER, caller=caller, method=method) as stream:
        assert await stream.refused() == "UNAUTHENTICATED"

    assert stream.response.status_code == 401
    assert stream.response.headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("parameter", ["token", "authorization", "access_token"])
async def test_a_token_in_the_address_is_none(api: Api, parameter: str) -> None:
    response = await api.request(
        "GET",
        params={"query": VIEWER, parameter: "alice"},
        headers={"accept": "text/event-stream"},
    )

    assert response.status_code == 401


async def test_without_an_engine_the_answer_is_503(
    open_events: OpenEvents, host: Host
) -> None:
    host.engine = None
    async with open_events(FOLLOW_LIST) as stream:
        assert await stream.refused() == "UNAVAILABLE"

    assert stream.response.status_code == 503
    assert stream.response.headers["retry-after"]


async def test_a_body_is_held_to_the_same_rules(api: Api) -> None:
    too_long = json.dumps({"query": VIEWER}).encode().ljust(MAX_BODY_BYTES + 1)

    answers = [
        await api.post({"query": VIEWER}, headers={**EVENTS, "content-type": "a/b"}),
        await api.post(5, headers=EVENTS),
        await api.post(content=b"{", headers=EVENTS),
        await api.post(content=too_long, headers=EVENTS),
    ]

    assert [answer.status_code for answer in answers] == [415, 400, 400, 413]


@pytest.mark.usefixtures("database")
async def test_a_mutation_by_get_is_refused(open_events: OpenEvents, api: Api) -> None:
    async with open_events(MUTATION, method="GET") as stream:
        assert await stream.refused() == "METHOD_NOT_ALLOWED"

    assert stream.response.status_code == 405
    assert stream.response.headers["allow"] == "POST"
    jobs = await api.data("{ jobs { nodes { id } } }")
    assert jobs == {"jobs": {"nodes": []}}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "PATCH"])
async def test_other_methods_are_refused(api: Api, method: str) -> None:
    response = await api.request(method, headers=EVENTS)

    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"


async def _get(api: Api, **params: str) -> httpx.Response:
    return await api.request("GET", params=params, headers=EVENTS)


async def test_all_parameters_fit_into_an_address(api: Api) -> None:
    query = """query A { viewer { userId } }
      query B($with: Boolean!) { viewer { userId @include(if: $with) scopes } }"""

    response = await _get(
        api,
        query=query,
        operationName="B",
        variables='{"with": false}',
        extensions="{}",
        unknown="1",
    )

    assert '"data":{"viewer":{"scopes":' in response.text


async def test_empty_parameters_of_an_address_are_absent(api: Api) -> None:
    response = await _get(
        api, query=VIEWER, operationName="", variables="", extensions=""
    )

    assert '{"data":{"viewer":{"userId":"user-1"}}}' in response.text


@pytest.mark.parametrize(
    "query_string",
    [
        "",
        "variables={}",
        "query={a}&variables={",
        "query={a}&variables=[]",
        "query={a}&variables=5",
        "query={a}&variables=NaN",
        "query={a}&extensions=[]",
        "query={a}&query={a}",
        "query=%FF",
        "query={a}&operationName=%ED%A0%80",
        "query={a}&variables=" + "[" * 30_000,
    ],
)
async def test_an_address_that_is_no_request_is_answered_with_400(
    api: Api, query_string: str
) -> None:
    response = await api.request("GET", query_string=query_string, headers=EVENTS)

    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_the_longest_address_is_read_and_a_longer_one_is_not(api: Api) -> None:
    start = "query=%7Bviewer%7BuserId%7D%7D&x="

    longest = await api.request(
        "GET", query_string=start.ljust(MAX_QUERY_STRING_BYTES, "x"), headers=EVENTS
    )
    longer = await api.request(
        "GET",
        query_string=start.ljust(MAX_QUERY_STRING_BYTES + 1, "x"),
        headers=EVENTS,
    )

    assert longest.status_code == 200
    assert longer.status_code == 414
    assert longer.json()["errors"][0]["extensions"]["code"] == "PAYLOAD_TOO_LARGE"


async def test_an_unexpected_error_is_logged_and_only_its_id_is_told(
    open_events: OpenEvents,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(_: str) -> NoReturn:
        raise KeyError("secret")

    monkeypatch.setattr(engine.feed, "position", broken, raising=True)
    query = 'subscription { jobListUpdates(after: "x") { __typename } }'
    async with open_events(query) as stream:
        told, *rest = await stream.rest()

    [error] = told.result["errors"]
    assert error["extensions"]["code"] == "INTERNAL_ERROR"
    assert "secret" not in told.data
    assert rest == [COMPLETE]
    [record] = [one for one in caplog.records if one.exc_info]
    assert record.error_id == error["extensions"]["id"]


@pytest.mark.parametrize(
    "lost", [ConnectionRefusedError(), asyncpg.InternalClientError("a goodbye")]
)
async def test_a_database_that_is_away_is_told(
    open_events: OpenEvents,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    lost: Exception,
) -> None:
    def away() -> NoReturn:
        raise lost

    monkeypatch.setattr(engine.feed.database, "connection", away)
    async with open_events("subscription { jobListUpdates { __typename } }") as stream:
        told, *rest = await stream.rest()

    [error] = told.result["errors"]
    assert error["extensions"]["code"] == "UNAVAILABLE"
    assert rest == [COMPLETE]
    assert not [one for one in caplog.records if one.exc_info]


@pytest.fixture
def briefly(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> str:
    """A caller whose token ends when the clock moves."""
    expires_at = engine.clock.now() + timedelta(milliseconds=10)
    viewer = Viewer("user-1", frozenset({Scope.JOBS_READ}), expires_at=expires_at)
    monkeypatch.setitem(CALLERS, "briefly", viewer)
    return "briefly"


def _expire(engine: Engine) -> None:
    assert isinstance(engine.clock, FakeClock)
    engine.clock.advance(1)


async def test_a_stream_ends_with_the_token(
    open_events: OpenEvents, engine: Engine, briefly: str
) -> None:
    async with open_events(FOLLOW_LIST, caller=briefly) as stream:
        await stream.until("StreamCaughtUp", "jobListUpdates")
        _expire(engine)

        closing = {"__typename": "StreamClosing", "reason": "The token has expired."}
        assert await stream.rest() == [_next(jobListUpdates=closing), COMPLETE]


async def test_a_stream_of_statuses_ends_with_the_token(
    open_events: OpenEvents, make_job: MakeJob, engine: Engine, briefly: str
) -> None:
    job = await make_job()
    async with open_events(
        FOLLOW_STATUS, caller=briefly, id=job_id_text(job.id)
    ) as stream:
        await stream.next("jobStatusChanged")
        _expire(engine)

        told, *rest = await stream.rest()
    assert told.result["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert rest == [COMPLETE]


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_stream_is_closed_when_the_client_is_gone(
    open_events: OpenEvents, make_job: MakeJob, watched: Watched, method: str
) -> None:
    job = await make_job()
    async with asyncio.timeout(PATIENCE):
        async with open_events(FOLLOW_JOB, method=method, id=job_id_text(job.id)):
            await watched.opened.wait()

        await watched.closed.wait()


async def test_a_silent_stream_says_that_it_lives(
    engine: Engine, make_job: MakeJob, watched: Watched
) -> None:
    assert Terms().heartbeat == 12
    job = await make_job()
    beats = _Wire(until=b":\n\n")
    app = Starlette(
        routes=graphql_routes(lambda: engine, authenticate, terms=Terms(heartbeat=0.01))
    )

    await beats.post(app, FOLLOW_JOB, id=job_id_text(job.id))

    assert beats.bodies == [b":\n\n"] * 3
    assert watched.closed.is_set()


class _Wire:
    """A connection whose client leaves after three times the same piece."""

    def __init__(self, *, until: bytes) -> None:
        self.bodies: list[bytes] = []
        self._until = until
        self._left = asyncio.Event()
        self._requests: list[dict[str, Any]] = []

    async def post(self, app: Starlette, query: str, **variables: Any) -> None:
        body = json.dumps({"query": query, "variables": variables}).encode()
        self._requests = [{"type": "http.request", "body": body}]
        headers = {**EVENTS, "content-type": "application/json"}
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/graphql",
            "query_string": b"",
            "headers": [
                (name.encode(), text.encode()) for name, text in headers.items()
            ],
        }
        async with asyncio.timeout(PATIENCE):
            await app(scope, self.receive, self.send)

    async def receive(self) -> dict[str, Any]:
        if self._requests:
            return self._requests.pop()
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.body":
            self.bodies.append(message["body"])
            if self.bodies.count(self._until) == 3:
                self._left.set()


class _Endless:
    """Results without end, counted as they are asked for."""

    def __init__(self) -> None:
        self.asked = 0
        self.is_closed = False

    async def results(self) -> AsyncGenerator[Result, None]:
        try:
            while True:
                self.asked += 1
                yield Result.of({"data": {"number": self.asked}})
        finally:
            self.is_closed = True

    def finish(self, reason: str, reconnect_after: timedelta) -> None:
        raise AssertionError((reason, reconnect_after))


async def _never() -> NoReturn:
    await asyncio.Event().wait()
    raise AssertionError


async def test_a_client_that_does_not_read_is_not_read_ahead_for() -> None:
    source, is_full = _Endless(), asyncio.Event()

    async def send(_: MutableMapping[str, Any]) -> None:
        if source.asked == 3:
            is_full.set()
            await _never()

    answer = EventStream(source, Terms())
    serving = asyncio.create_task(answer({"type": "http"}, _never, send))
    async with asyncio.timeout(PATIENCE):
        await is_full.wait()
    for _ in range(100):
        await asyncio.sleep(0)

    assert source.asked == 3
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert source.is_closed


async def test_a_server_that_drops_what_nobody_reads_ends_the_stream_as_well() -> None:
    source, has_left = _Endless(), asyncio.Event()

    async def receive() -> dict[str, Any]:
        await has_left.wait()
        return {"type": "http.disconnect"}

    async def send(_: MutableMapping[str, Any]) -> None:
        if source.asked == 3:
            has_left.set()
        assert source.asked < 100, "the stream goes on without its client"

    async with asyncio.timeout(PATIENCE):
        await EventStream(source, Terms())({"type": "http"}, receive, send)

    assert source.is_closed


async def test_a_server_that_tells_by_an_error_that_the_client_is_gone() -> None:
    source = _Endless()

    async def send(_: MutableMapping[str, Any]) -> None:
        if source.asked == 3:
            raise BrokenPipeError

    async with asyncio.timeout(PATIENCE):
        await EventStream(source, Terms())({"type": "http"}, _never, send)

    assert source.asked == 3
    assert source.is_closed
