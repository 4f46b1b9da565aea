"""Outputs: with the run, or in the object store."""

from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from jobwire.triggerdev import (
    MalformedResponseError,
    OutputTooLargeError,
    PermissionDeniedError,
    Run,
    TriggerDevClient,
)
from jobwire.triggerdev.run_results import read_result
from jobwire.triggerdev.waitpoint_tokens import read_token
from tests.triggerdev.server import FakeTriggerDev

AT = datetime(2026, 1, 2, tzinfo=UTC)


def _run(**fields: Any) -> Run:
    return Run(
        id="run_1",
        task_identifier="t",
        status="COMPLETED",
        created_at=AT,
        updated_at=AT,
        **fields,
    )


STORED = _run(output_presigned_url="https://store.test/objects/o?signature=s3cret")


async def test_an_output_that_came_with_the_run_is_not_fetched(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    assert await client.runs.read_output(_run(output={"a": 1}), limit=1) == {"a": 1}
    assert server.received == []


@pytest.mark.parametrize(
    ("packet", "output"),
    [
        (JSONResponse({"a": 1}), {"a": 1}),
        (Response(b'{"a":1}'), {"a": 1}),
        (PlainTextResponse("ä"), "ä"),
        (
            Response(
                b'{"json":{"at":"2026-01-02"},"meta":{"values":{"at":["Date"]}}}',
                media_type="application/super+json; charset=utf-8",
            ),
            {"at": "2026-01-02"},
        ),
        (Response(b"{}", media_type="application/super+json"), None),
    ],
    ids=["json", "no type", "text", "super+json", "undefined"],
)
async def test_a_stored_output_is_fetched_and_decoded(
    client: TriggerDevClient,
    server: FakeTriggerDev,
    packet: Response,
    output: object,
) -> None:
    server.objects["o"] = packet

    assert await client.runs.read_output(STORED, limit=1000) == output


async def test_a_stored_output_is_fetched_without_the_key(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    server.objects["o"] = JSONResponse(1)

    await client.runs.read_output(STORED, limit=1000)

    (received,) = server.received
    assert received.query == {"signature": "s3cret"}
    assert received.headers["accept-encoding"] == "identity"
    assert not [name for name in received.headers if "authorization" in name]
    assert not [name for name in received.headers if name.startswith("x-trigger")]


async def test_an_output_above_the_limit_is_refused(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    server.objects["o"] = PlainTextResponse("12345")

    assert await client.runs.read_output(STORED, limit=5) == "12345"
    with pytest.raises(OutputTooLargeError) as caught:
        await client.runs.read_output(STORED, limit=4)

    assert (caught.value.run_id, caught.value.limit) == ("run_1", 4)
    assert str(caught.value) == (
        "The output of run_1 is larger than the limit of 4 bytes."
    )


async def test_a_store_that_fails_is_asked_again(
    client: TriggerDevClient, server: FakeTriggerDev, waits: list[float]
) -> None:
    server.objects["o"] = JSONResponse(1)
    server.answers.append(PlainTextResponse("<Error>SlowDown</Error>", 503))

    assert await client.runs.read_output(STORED, limit=1000) == 1
    assert waits == [0.5]


async def test_a_url_that_is_too_old_is_denied_without_telling_its_signature(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    server.objects["o"] = PlainTextResponse("<Error>Expired</Error>", 403)

    with pytest.raises(PermissionDeniedError) as caught:
        await client.runs.read_output(STORED, limit=1000)

    assert str(caught.value) == "GET /objects/o answered 403."
    assert caught.value.body == "<Error>Expired</Error>"


async def test_the_store_tells_nothing_of_the_rate_limit(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    told = {f"x-ratelimit-{name}": "1" for name in ("limit", "remaining", "reset")}
    server.objects["o"] = JSONResponse(1, headers=told)

    await client.runs.read_output(STORED, limit=1000)

    assert client.rate_limit is None
    assert client.requests == 1


@pytest.mark.parametrize(
    "packet",
    [
        Response(b"{", media_type="application/json"),
        Response(b"\xff", media_type="text/plain"),
        Response(b"7", media_type="application/super+json"),
        Response(b"1", media_type="image/png"),
    ],
    ids=["no json", "no text", "no object", "unknown type"],
)
async def test_a_packet_that_cannot_be_read_is_malformed(
    client: TriggerDevClient, server: FakeTriggerDev, packet: Response
) -> None:
    server.objects["o"] = packet

    with pytest.raises(MalformedResponseError, match="packet"):
        await client.runs.read_output(STORED, limit=1000)


@pytest.mark.parametrize(
    "url",
    [
        "https://store.test:port/o?signature=s3cret",
        "file:///etc/passwd?signature=s3cret",
        "/objects/o?signature=s3cret",
        "https://?signature=s3cret",
    ],
)
async def test_a_presigned_url_that_is_none_is_malformed(
    client: TriggerDevClient, url: str
) -> None:
    with pytest.raises(MalformedResponseError, match="is not an HTTP URL") as caught:
        await client.runs.read_output(_run(output_presigned_url=url), limit=1)

    assert "s3cret" not in str(caught.value)


HALF = {"output": "\ud800!", "outputType": "text/plain"}


def test_half_a_surrogate_pair_in_a_text_is_replaced() -> None:
    token = {"status": "COMPLETED", "url": "u", "createdAt": "2026-01-02T03:04:05Z"}

    assert read_result({"id": "run_1", "ok": True, **HALF}).output == "?!"
    assert read_token({"id": "waitpoint_1", **token, **HALF}).data == "?!"
