"""Webhooks, verified and read in one step; and the events of hooks."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobwire.triggerdev import (
    HookEvent,
    InvalidSignatureError,
    MalformedEventError,
    Progress,
    RunError,
    RunFailedAlert,
    UnknownEvent,
    construct_event,
    read_hook_event,
    sign_hex,
    sign_standard,
)
from tests.triggerdev.test_alerts import ALERT

SECRET = "a secret of webhooks"
NOW = datetime(2026, 11, 23, 19, 30, tzinfo=UTC)
EVENT: dict[str, Any] = {
    "id": "e1",
    "type": "RUN_STARTED",
    "occurredAt": "2026-11-23T19:30:00.000Z",
    "run": {
        "id": "run_1",
        "taskIdentifier": "my-task",
        "attempt": 2,
        "tags": ["a"],
        "startedAt": "2026-11-23T19:29:00.000Z",
    },
}


def constructed(event: Any, *secrets: str, body: bytes | None = None) -> Any:
    signed = json.dumps(event).encode() if body is None else body
    headers = {"X-Trigger-Signature-HmacSha256": sign_hex(SECRET, signed)}
    return construct_event(signed, headers, secrets or (SECRET,), now=NOW)


def test_an_alert_is_verified_and_read() -> None:
    event = constructed(ALERT, "another secret", SECRET)

    assert isinstance(event, RunFailedAlert)
    assert event.run_id == "run_1"


def test_the_event_of_a_hook_is_verified_and_read() -> None:
    body = json.dumps(EVENT).encode()
    headers = {
        "webhook-id": "e1",
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": sign_standard(SECRET, id="e1", timestamp=NOW, body=body),
    }

    event = construct_event(body, headers, [SECRET], now=NOW)

    assert event == HookEvent(
        id="e1",
        type="RUN_STARTED",
        occurred_at=NOW,
        run_id="run_1",
        task_identifier="my-task",
        attempt=2,
        tags=("a",),
        started_at=NOW - timedelta(minutes=1),
    )
    with pytest.raises(InvalidSignatureError):
        construct_event(body, headers, [SECRET], now=NOW + timedelta(minutes=6))


def test_what_nobody_signed_is_not_even_read() -> None:
    with pytest.raises(InvalidSignatureError):
        constructed(ALERT, "another secret")
    with pytest.raises(InvalidSignatureError):
        construct_event(b"{", {}, [SECRET], now=NOW)


def test_an_unknown_type_is_kept_as_data() -> None:
    assert constructed({"type": "RUN_PAUSED", "x": 1}) == UnknownEvent(
        "RUN_PAUSED", {"type": "RUN_PAUSED", "x": 1}
    )
    assert constructed({"type": ["odd"]}) == UnknownEvent(None, {"type": ["odd"]})


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[]", b"[" * 100_000])
def test_what_is_signed_and_no_event_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedEventError):
        constructed(None, body=body)


@pytest.mark.parametrize(
    ("type", "is_terminal"),
    [
        ("RUN_STARTED", False),
        ("RUN_PROGRESS", False),
        ("RUN_COMPLETED", True),
        ("RUN_FAILED", True),
        ("RUN_CANCELED", True),
    ],
)
def test_each_type_of_hook_event_says_whether_the_run_has_ended(
    type: str, *, is_terminal: bool
) -> None:
    assert read_hook_event({**EVENT, "type": type}).is_terminal is is_terminal


def test_what_an_event_tells_besides_is_read() -> None:
    told = {
        **EVENT,
        "run": {**EVENT["run"], "finishedAt": "2026-11-23T19:30:00Z"},
        "output": {"a": [1]},
        "error": {"name": "E", "message": "m", "stackTrace": "s"},
        "progress": {"fraction": 0.5, "message": "half"},
    }

    event = read_hook_event(told)

    assert event.finished_at == NOW
    assert event.output == {"a": [1]}
    assert event.error == RunError("m", "E", "s")
    assert event.progress == Progress(0.5, "half")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": None}, "id of the event must be text; it is missing."),
        ({"type": "RUN_ODD"}, "type of the event is none that hooks have."),
        ({"run": {"id": "run_1"}}, "taskIdentifier of run of the event must be text;"),
        (
            {"progress": {"fraction": "half"}},
            "fraction of progress of the event must be a number.",
        ),
    ],
)
def test_an_event_of_another_shape_is_named(
    change: dict[str, Any], message: str
) -> None:
    with pytest.raises(MalformedEventError, match=message):
        read_hook_event({**EVENT, **change})
