"""What the client sends, and what it makes of the answers."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from starlette.responses import PlainTextResponse, RedirectResponse

from jobwire.triggerdev import (
    ApiStatusError,
    AuthenticationError,
    InvalidOptionError,
    MalformedResponseError,
    NotFoundError,
    RateLimit,
    RateLimitedError,
    RetryPolicy,
    TriggerDevClient,
    Triggered,
    TriggerOptions,
    UnprocessableError,
)
from tests.clock import FakeClock
from tests.triggerdev.server import (
    ENVIRONMENT,
    KEY,
    FakeTriggerDev,
    limited,
    not_found_yet,
    too_many_requests,
)

FROM = datetime(2026, 1, 1, tzinfo=UTC)


async def test_a_trigger_sends_the_payload_as_it_is_and_only_given_options(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    options = TriggerOptions(idempotency_key="k", tags=("a", "b"))

    triggered = await client.tasks.trigger("hello", {"name": "änn"}, options)

    assert triggered == Triggered("run_1", is_cached=False)
    assert server.received[0].json == {
        "payload": {"name": "änn"},
        "options": {"idempotencyKey": "k", "tags": ["a", "b"]},
    }


@pytest.mark.parametrize("payload", [None, "a text", 0, [], {"deep": [1, None]}])
async def test_any_json_can_be_a_payload(
    client: TriggerDevClient, server: FakeTriggerDev, payload: object
) -> None:
    await client.tasks.trigger("hello", payload)

    assert server.received[0].json == {"payload": payload, "options": {}}


@pytest.mark.parametrize(
    "payload", [float("nan"), {1, 2}, "\ud800"], ids=["nan", "set", "surrogate"]
)
async def test_a_payload_that_is_no_json_is_not_sent(
    client: TriggerDevClient, server: FakeTriggerDev, payload: object
) -> None:
    with pytest.raises(InvalidOptionError, match="payload must be JSON"):
        await client.tasks.trigger("hello", payload)

    assert server.received == []


async def test_a_key_that_has_a_run_gives_that_run(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    server.answers.append(limited({"id": "run_9", "isCached": True}))

    assert await client.tasks.trigger("hello", {}) == Triggered("run_9", is_cached=True)


async def test_every_request_tells_who_asks_and_in_which_version(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    await client.tasks.trigger("hello", {})

    headers = server.received[0].headers
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["content-type"] == "application/json"
    assert headers["x-trigger-api-version"] == "2025-07-16"
    assert headers["user-agent"] == "jobwire-triggerdev/0.1.0"
    assert headers["content-length"] == str(len(server.received[0].body))
    assert "transfer-encoding" not in headers
    assert "x-trigger-branch" not in headers


async def test_a_post_without_a_body_tells_its_length_too(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    server.add_run()

    await client.runs.cancel("run_1")

    assert server.received[0].headers["content-length"] == "0"


async def test_the_branch_of_a_preview_environment_is_told(
    make_client, server: FakeTriggerDev
) -> None:
    async with make_client(branch="feature/x") as client:
        await client.tasks.trigger("hello", {})

    assert server.received[0].headers["x-trigger-branch"] == "feature/x"


async def test_attempts_of_one_call_share_a_request_key_and_calls_do_not(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    server.add_run()
    server.answers.append(limited({"error": "Internal Server Error"}, 500))

    await client.runs.retrieve("run_1")
    await client.runs.retrieve("run_1")

    name = "x-trigger-request-idempotency-key"
    first, again, other = [UUID(one.headers[name]) for one in server.received]
    assert first == again != other
    assert {first.version, other.version} == {4}


@pytest.mark.parametrize(
    ("task", "path"),
    [
        ("my/task id", "/api/v1/tasks/my%2Ftask%20id/trigger"),
        ("ä?#%", "/api/v1/tasks/%C3%A4%3F%23%25/trigger"),
    ],
)
async def test_the_id_of_a_task_is_one_segment_of_the_path(
    client: TriggerDevClient, server: FakeTriggerDev, task: str, path: str
) -> None:
    await client.tasks.trigger(task, {})

    assert server.received[0].path == path


@pytest.mark.parametrize("id", ["", ".", "..", "\ud800"])
async def test_an_id_that_would_ask_for_something_else_is_refused(
    client: TriggerDevClient, server: FakeTriggerDev, id: str
) -> None:
    with pytest.raises(InvalidOptionError, match="task_id must be an id"):
        await client.tasks.trigger(id, {})
    with pytest.raises(InvalidOptionError, match="run_id must be an id"):
        await client.runs.retrieve(id)

    assert server.received == []


async def test_a_trigger_that_was_refused_for_its_rate_is_sent_again_after_the_reset(
    client: TriggerDevClient,
    server: FakeTriggerDev,
    waits: list[float],
    clock: FakeClock,
) -> None:
    reset = int((clock.now() + timedelta(seconds=3)).timestamp() * 1000)
    server.answers.append(too_many_requests(reset))

    triggered = await client.tasks.trigger("hello", {})

    assert triggered.id == "run_1"
    assert len(waits) == 1
    assert 3 <= waits[0] <= 4


async def test_a_reset_that_is_too_far_away_is_not_waited_for(
    client: TriggerDevClient,
    server: FakeTriggerDev,
    waits: list[float],
    clock: FakeClock,
) -> None:
    far = clock.now() + timedelta(minutes=1)
    server.answers.append(too_many_requests(int(far.timestamp() * 1000)))

    with pytest.raises(RateLimitedError, match="0/750 requests remaining") as caught:
        await client.tasks.trigger("hello", {})

    assert caught.value.reset_at == far
    assert (len(server.received), waits) == (1, [])


async def test_a_trigger_that_was_refused_says_why(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    words = "Runs can only have 10 tags, you're trying to set 11."
    server.answers.append(limited({"error": words}, 422))

    with pytest.raises(UnprocessableError) as caught:
        await client.tasks.trigger("hello", {})

    assert (
        str(caught.value) == f"POST /api/v1/tasks/hello/trigger answered 422: {words}"
    )
    assert not caught.value.outcome_unknown


@pytest.mark.parametrize(
    "answer",
    [
        PlainTextResponse("<html>"),
        limited([]),
        limited({}),
        limited({"id": 7}),
        limited({"id": "run_1", "isCached": "yes"}),
        PlainTextResponse("[" * 100_000),
    ],
    ids=["html", "list", "no id", "odd id", "odd flag", "deep"],
)
async def test_a_trigger_whose_answer_cannot_be_read_may_have_made_a_run(
    client: TriggerDevClient, server: FakeTriggerDev, answer: object
) -> None:
    server.answers.append(answer)

    with pytest.raises(MalformedResponseError) as caught:
        await client.tasks.trigger("hello", {})

    assert caught.value.outcome_unknown
    assert len(server.received) == 1


async def test_a_run_is_retrieved(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    server.add_run("run_1", status="COMPLETED", output={"answer": 42})

    run = await client.runs.retrieve("run_1")

    assert (run.id, run.status, run.output) == ("run_1", "COMPLETED", {"answer": 42})


async def test_a_run_that_the_replicas_do_not_know_yet_is_asked_for_again(
    client: TriggerDevClient, server: FakeTriggerDev, waits: list[float]
) -> None:
    server.add_run()
    server.answers.extend([not_found_yet(), not_found_yet()])

    assert (await client.runs.retrieve("run_1")).id == "run_1"
    assert waits == [0.5, 0.8]


async def test_a_run_that_stays_unknown_is_not_found(
    client: TriggerDevClient, server: FakeTriggerDev, waits: list[float]
) -> None:
    with pytest.raises(NotFoundError) as caught:
        await client.runs.retrieve("run_doesnotexist")

    assert str(caught.value) == (
        "GET /api/v3/runs/run_doesnotexist answered 404: Not found"
    )
    assert waits == [0.5, 0.8, 1.28]
    assert client.requests == len(server.received) == 4


async def test_a_policy_of_one_attempt_sends_once(
    make_client, server: FakeTriggerDev, waits: list[float]
) -> None:
    async with make_client(retries=RetryPolicy(max_attempts=1)) as client:
        with pytest.raises(NotFoundError):
            await client.runs.retrieve("run_1")

    assert (len(server.received), waits) == (1, [])


async def test_a_run_can_be_canceled_again_and_again(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    run = server.add_run()

    await client.runs.cancel("run_1")
    await client.runs.cancel("run_1")

    assert run["status"] == "CANCELED"


async def test_a_cancel_is_sent_again_when_the_server_failed(
    client: TriggerDevClient, server: FakeTriggerDev, waits: list[float]
) -> None:
    server.add_run()
    server.answers.append(limited({"error": "Run materialisation timed out"}, 503))

    await client.runs.cancel("run_1")

    assert waits == [0.5]


async def test_a_run_that_is_not_there_cannot_be_canceled(
    client: TriggerDevClient, waits: list[float]
) -> None:
    with pytest.raises(NotFoundError, match="Resource not found"):
        await client.runs.cancel("run_1")

    assert waits == []


async def test_a_cancel_that_somebody_else_answers_is_none(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    server.answers.append(limited({"status": 405, "body": "Method Not Allowed"}))

    with pytest.raises(MalformedResponseError, match="id of the answer must be text"):
        await client.runs.cancel("run_1")


async def test_the_environment_is_asked_for_once(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    assert await client.environment_id() == ENVIRONMENT
    assert await client.environment_id() == ENVIRONMENT

    assert [one.path for one in server.received] == ["/api/v1/auth/jwt/claims"]


async def test_a_key_that_is_not_valid_is_told_so(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    server.answers.append(limited({"error": "Invalid API key"}, 401))

    with pytest.raises(AuthenticationError, match="Invalid API key"):
        await client.environment_id()

    assert await client.environment_id() == ENVIRONMENT


async def test_the_rate_limit_is_remembered_as_last_told(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    server.add_run()
    assert client.rate_limit is None

    await client.runs.retrieve("run_1")
    await client.environment_id()

    reset = datetime(2026, 11, 23, 19, 45, 2, 622_000, UTC)
    assert client.rate_limit == RateLimit(750, 749, reset)


async def test_a_redirect_is_not_followed(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    server.answers.append(RedirectResponse("https://elsewhere.test/api", 308))

    with pytest.raises(ApiStatusError, match="redirects to https://elsewhere"):
        await client.runs.cancel("run_1")

    assert len(server.received) == 1


async def test_the_key_is_in_no_error_even_when_the_server_repeats_it(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    server.answers.append(limited({"error": f"No {KEY} here"}, 401))
    server.answers.append(PlainTextResponse(f"Authorization: Bearer {KEY}", 400))

    for words in ("No [secret key] here", ""):
        with pytest.raises(ApiStatusError) as caught:
            await client.runs.retrieve("run_1")
        assert words in str(caught.value)
        assert KEY not in f"{caught.value} {caught.value!r} {caught.value.body}"


async def test_the_key_is_not_shown_by_the_client(client: TriggerDevClient) -> None:
    assert repr(client) == "<TriggerDevClient https://trigger.test>"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"secret_key": ""}, "secret_key must be visible ASCII"),
        ({"secret_key": f"{KEY}\n"}, "secret_key must be visible ASCII"),
        ({"secret_key": f"{KEY} "}, "secret_key must be visible ASCII"),
        ({"secret_key": "tr_dev_ä"}, "secret_key must be visible ASCII"),
        ({"branch": "ä"}, "branch must be visible ASCII"),
        ({"api_url": "trigger.test"}, "api_url must be a URL"),
        ({"api_url": "ftp://trigger.test"}, "api_url must be a URL"),
        ({"api_url": "https://user:word@trigger.test"}, "api_url must be a URL"),
        ({"api_url": "https://trigger.test?x=1"}, "api_url must be a URL"),
        ({"api_url": "https://trigger.test:port"}, "api_url must be a URL"),
        ({"api_url": "https://["}, "api_url must be a URL"),
    ],
)
def test_a_client_that_could_not_call_is_not_made(
    make_client, arguments: dict[str, str], words: str
) -> None:
    with pytest.raises(InvalidOptionError, match=words) as caught:
        make_client(**arguments)

    assert KEY not in str(caught.value)


async def test_a_client_needs_nothing_but_a_key(server: FakeTriggerDev) -> None:
    async with TriggerDevClient(secret_key=KEY, transport=server.transport()) as client:
        with pytest.raises(NotFoundError):
            await client.runs.cancel("run_1")

    assert server.received[0].headers["host"] == "api.trigger.dev"


async def test_the_api_may_live_below_a_path(
    make_client, server: FakeTriggerDev
) -> None:
    async with make_client(api_url="https://trigger.test/below/") as client:
        with pytest.raises(NotFoundError):
            await client.runs.cancel("run_1")

    assert server.received[0].path == "/below/api/v2/runs/run_1/cancel"
