import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.emulator.stage import Stage

TRIGGER = "/api/v1/tasks/my-task/trigger"


async def test_a_trigger_answers_with_the_run_and_a_token_for_it(stage: Stage) -> None:
    answer = await stage.http.post(TRIGGER, json={"payload": {"name": "ann"}})

    run = answer.json()["id"]
    assert answer.json() == {"id": run, "isCached": False}
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert json.loads(answer.headers["x-trigger-jwt-claims"]) == {
        "sub": stage.emulator.environment_id,
        "pub": True,
        "scopes": [f"read:runs:{run}", f"write:inputStreams:{run}"],
    }
    token = {"authorization": f"Bearer {answer.headers['x-trigger-jwt']}"}
    assert (await stage.retrieve(run, **token))["id"] == run


@pytest.mark.parametrize(
    ("body", "payload"),
    [
        pytest.param({"payload": {"a": [1, None]}}, {"a": [1, None]}, id="json"),
        pytest.param({"payload": '{"a":1}'}, '{"a":1}', id="json text is a text"),
        pytest.param({"payload": None}, None, id="null"),
        pytest.param(
            {"payload": "hello", "options": {"payloadType": "text/plain"}},
            "hello",
            id="text",
        ),
        pytest.param(
            {
                "payload": '{"json":{"at":"1970-01-01T00:00:00.000Z","u":null,'
                '"n":null},'
                '"meta":{"values":{"at":["Date"],"u":["undefined"]}}}',
                "options": {"payloadType": "application/super+json"},
            },
            {"at": "1970-01-01T00:00:00.000Z", "n": None},
            id="superjson",
        ),
    ],
)
async def test_a_payload_is_retrieved_as_plain_json(
    stage: Stage, body: dict[str, Any], payload: Any
) -> None:
    run = (await stage.http.post(TRIGGER, json=body)).json()["id"]

    assert (await stage.retrieve(run))["payload"] == payload


async def test_a_run_without_a_payload_shows_none(stage: Stage) -> None:
    run = (await stage.http.post(TRIGGER, json={})).json()["id"]

    assert "payload" not in await stage.retrieve(run)


async def test_the_id_of_a_task_may_hold_slashes_and_spaces(stage: Stage) -> None:
    path = "/api/v1/tasks/my%2Ftask%20id/trigger"

    run = (await stage.http.post(path, json={})).json()["id"]

    assert (await stage.retrieve(run))["taskIdentifier"] == "my/task id"


@pytest.mark.parametrize(
    ("options", "error"),
    [
        pytest.param(
            {"maxAttempts": "many"},
            'Expected number, received string at "options.maxAttempts"',
            id="a text for a number",
        ),
        pytest.param(
            {"maxAttempts": 1.5},
            'Expected integer, received float at "options.maxAttempts"',
            id="a fraction for an integer",
        ),
        pytest.param(
            {"machine": "mega-9x"},
            "Invalid enum value. Expected 'micro' | 'small-1x' | 'small-2x' |"
            " 'medium-1x' | 'medium-2x' | 'large-1x' | 'large-2x', received 'mega-9x'"
            ' at "options.machine"',
            id="a machine that is none",
        ),
        pytest.param(
            {"queue": {"name": {"name": "q2"}}},
            'Expected string, received object at "options.queue.name"',
            id="a queue as an object",
        ),
        pytest.param(
            {"tags": ["ok", "x" * 129]},
            'Tags must be less than 128 characters at "options.tags[1]"',
            id="a long tag",
        ),
        pytest.param(
            {"tags": 5},
            'Expected string, received number at "options.tags", or Expected array,'
            ' received number at "options.tags"',
            id="tags that are none",
        ),
        pytest.param(
            {"test": 1, "priority": None},
            'Expected number, received null at "options.priority"; Expected boolean,'
            ' received number at "options.test"',
            id="two faults",
        ),
        pytest.param(
            None, 'Expected object, received null at "options"', id="null options"
        ),
    ],
)
async def test_a_body_of_another_shape_is_refused(
    stage: Stage, options: Any, error: str
) -> None:
    answer = await stage.http.post(TRIGGER, json={"payload": {}, "options": options})

    assert answer.status_code == 400
    assert answer.json() == {"error": f"Validation error: {error}"}


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("", "Request body is empty"),
        ("{not json", "Invalid JSON"),
        ("null", "Invalid JSON"),
        ("0", "Invalid JSON"),
        ("[]", "Validation error: Expected object, received array"),
    ],
)
async def test_a_body_that_is_no_object_is_refused(
    stage: Stage, content: str, error: str
) -> None:
    answer = await stage.http.post(TRIGGER, content=content)

    assert (answer.status_code, answer.json()) == (400, {"error": error})


async def test_a_body_may_claim_any_type(stage: Stage) -> None:
    answer = await stage.http.post(
        TRIGGER, content='{"payload": {}}', headers={"content-type": "text/plain"}
    )

    assert answer.status_code == 200


async def test_a_body_that_does_not_say_its_length_is_too_large(stage: Stage) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b'{"payload": {}}'

    answer = await stage.http.post(TRIGGER, content=chunks())

    assert answer.status_code == 413
    assert answer.json() == {"error": "Request body too large"}


async def test_a_body_above_three_mebibytes_is_too_large(stage: Stage) -> None:
    fits = {"payload": "x" * (3_145_728 - len('{"payload":""}'))}

    accepted = await stage.http.post(TRIGGER, json=fits)
    refused = await stage.http.post(TRIGGER, json={"payload": f"{fits['payload']}x"})

    assert accepted.status_code == 200
    assert refused.status_code == 413


async def test_a_run_has_at_most_ten_tags(stage: Stage) -> None:
    ten = [f"t{n}" for n in range(10)]

    run = await stage.triggered("my-task", tags=ten)
    refused = await stage.trigger("my-task", tags=[*ten, "t10"])

    assert (await stage.retrieve(run))["tags"] == ten
    assert refused.status_code == 422
    assert refused.json() == {
        "error": "Runs can only have 10 tags, you're trying to set 11."
    }


async def test_tags_are_sorted_and_blank_ones_dropped(stage: Stage) -> None:
    several = await stage.triggered("my-task", tags=["user_1", " ", "org:acme"])
    one = await stage.triggered("my-task", tags="solo")

    assert (await stage.retrieve(several))["tags"] == ["org:acme", "user_1"]
    assert (await stage.retrieve(one))["tags"] == ["solo"]


async def test_metadata_are_kept_up_to_256_kibibytes(stage: Stage) -> None:
    fits = {"k": "x" * (262_144 - len('{"k":""}'))}

    run = await stage.triggered("my-task", metadata=fits)
    refused = await stage.trigger("my-task", metadata={"k": f"{fits['k']}x"})

    assert (await stage.retrieve(run))["metadata"] == fits
    assert refused.status_code == 413
    assert refused.json() == {"error": "Metadata exceeds maximum size of 262144 bytes"}


async def test_the_version_that_a_run_is_locked_to_must_exist(stage: Stage) -> None:
    run = await stage.triggered("my-task")
    await stage.advance(0.1)
    version = (await stage.retrieve(run))["version"]

    right = await stage.trigger("my-task", lockToVersion=version)
    wrong = await stage.trigger("my-task", lockToVersion="20200101.1")
    without = await stage.trigger("no-task", lockToVersion=version)

    assert right.status_code == 200
    assert wrong.status_code == 422
    assert wrong.json() == {
        "error": "Task locked to version '20200101.1', but no worker found with that"
        " version."
    }
    assert without.json() == {
        "error": f"Task 'no-task' not found on locked version '{version}'."
    }


async def test_a_child_is_shown_beside_its_parent(stage: Stage) -> None:
    parent = await stage.triggered("my-task")
    child = await stage.triggered("my-task", parentRunId=parent)

    seen = await stage.retrieve(child)

    assert seen["depth"] == 1
    assert seen["relatedRuns"]["parent"]["id"] == parent
    assert seen["relatedRuns"]["root"]["id"] == parent
    children = (await stage.retrieve(parent))["relatedRuns"]["children"]
    assert [run["id"] for run in children] == [child]


@pytest.mark.parametrize(
    ("headers", "path"),
    [
        ({"idempotency-key": "k" * 2049}, "idempotency-key"),
        ({"x-trigger-engine-version": "V3"}, "x-trigger-engine-version"),
    ],
)
async def test_wrong_headers_are_refused(
    stage: Stage, headers: dict[str, str], path: str
) -> None:
    answer = await stage.http.post(TRIGGER, json={}, headers=headers)

    assert answer.status_code == 400
    assert answer.json()["error"] == "Headers Error"
    assert [detail["path"] for detail in answer.json()["details"]] == [[path]]


@pytest.mark.parametrize(
    "options",
    [
        '{"ttl": "99999999999w"}',
        '{"ttl": 99999999999999999999}',
        '{"idempotencyKey": "k", "idempotencyKeyTTL": "99999999999999999d"}',
        '{"priority": 1e300}',
        '{"maxDuration": 1e300}',
        '{"maxAttempts": 999999999999999999999}',
        '{"delay": "99999999999w"}',
        '{"metadata": {"half": "\\ud83d"}}',
    ],
)
async def test_values_beyond_all_bounds_do_no_harm(stage: Stage, options: str) -> None:
    body = f'{{"payload": ["\\ud800", 1e400], "options": {options}}}'

    answer = await stage.http.post(TRIGGER, content=body)
    await stage.advance(1)

    run = await stage.retrieve(answer.json()["id"])
    assert run["status"] == "COMPLETED"
    assert run["payload"] == ["\ud800", None]


async def test_a_body_that_is_nested_without_end_is_refused(stage: Stage) -> None:
    answer = await stage.http.post(TRIGGER, content="[" * 100_000)

    assert answer.status_code == 400
