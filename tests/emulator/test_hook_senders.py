"""Both senders of hook moments: the hooks themselves, and recordings of them."""

import base64
import hashlib
import hmac
import json
import socket
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus

import pytest

from jobwire.emulator.delivery import Delivery
from jobwire.emulator.hook_events import load_recordings
from jobwire.emulator.hook_moments import (
    HookError,
    HookLine,
    HookMoment,
    HookProgress,
)
from jobwire.emulator.node_hooks import NodeHookSender
from jobwire.emulator.recorded_hooks import RecordedHookSender
from tools.record_hooks import MOMENTS, Posted, Receiver, record

SECRET = "a secret of the tests"
QUICK = Delivery(timeout=10, pauses=(0.01, 0.01), progress_interval=0.001)
START, PROGRESS, SUCCESS, FAILURE, CANCEL = (
    replace(
        moment,
        run_id="run_ours",
        task_identifier="process-large-dataset",
        attempt=2,
        tags=("job:job_ours", "tag:été"),
        attempt_started_at=moment.attempt_started_at + timedelta(minutes=1),
        occurred_at=moment.occurred_at + timedelta(minutes=1, microseconds=7_900),
    )
    for moment in MOMENTS
)
Sender = type[NodeHookSender] | type[RecordedHookSender]
senders = pytest.mark.parametrize("sender", [NodeHookSender, RecordedHookSender])

pytestmark = pytest.mark.usefixtures("node_project")


async def post_one_by_one(
    sender: Sender, receiver: Receiver, moments: list[HookMoment], secret: str = SECRET
) -> list[Posted]:
    receiver.clear()
    async with sender(receiver.url, secret, delivery=QUICK) as opened:
        for count, moment in enumerate(moments, 1):
            await opened.send(moment)
            await receiver.wait_for(count)
    return receiver.posted


def signature_of(posted: Posted, key: bytes) -> str:
    begin = f"{posted.headers['webhook-id']}.{posted.headers['webhook-timestamp']}."
    digest = hmac.digest(key, begin.encode() + posted.body, hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}"


async def test_the_recordings_are_what_the_hooks_post_today() -> None:
    assert await record() == load_recordings()


@pytest.mark.parametrize(
    "moments",
    [
        pytest.param([START, PROGRESS, SUCCESS], id="success"),
        pytest.param([START, FAILURE], id="failure"),
        pytest.param([START, CANCEL], id="cancel"),
        pytest.param([PROGRESS, PROGRESS, CANCEL], id="two reports in one millisecond"),
        pytest.param([PROGRESS, replace(PROGRESS, attempt=3)], id="two attempts"),
        pytest.param([replace(SUCCESS, output=None)], id="no output"),
        pytest.param([replace(SUCCESS, output="x" * 262_143)], id="too long an output"),
        pytest.param([replace(SUCCESS, output="x" * 262_142)], id="a long output"),
        pytest.param(
            [replace(FAILURE, error=HookError("TypeError", "x" * 10_001, ""))],
            id="a long error without a stack",
        ),
        pytest.param(
            [replace(PROGRESS, progress=HookProgress(None, "x" * 501))],
            id="a long message alone",
        ),
        pytest.param(
            [replace(PROGRESS, progress=HookProgress(1.5, None))], id="too much"
        ),
        pytest.param(
            [
                replace(PROGRESS, progress=None, line=HookLine("WARN", "row", None)),
                replace(
                    PROGRESS,
                    progress=None,
                    line=HookLine("INFO", "y" * 4001, {"row": 7, "of": [None]}),
                ),
            ],
            id="lines",
        ),
    ],
)
async def test_both_post_the_same(
    receiver: Receiver, moments: list[HookMoment]
) -> None:
    by_node = await post_one_by_one(NodeHookSender, receiver, moments)
    recorded = await post_one_by_one(RecordedHookSender, receiver, moments)

    assert [json.loads(one.body) for one in recorded] == [
        json.loads(one.body) for one in by_node
    ]
    for name in ("content-type", "webhook-id"):
        assert [one.headers[name] for one in recorded] == [
            one.headers[name] for one in by_node
        ]
    ids = [json.loads(one.body)["id"] for one in recorded]
    assert ids == [one.headers["webhook-id"] for one in recorded]
    assert len(set(ids)) == len(ids)


@senders
async def test_an_event_is_what_jobwire_documents(
    sender: Sender, receiver: Receiver
) -> None:
    (posted,) = await post_one_by_one(sender, receiver, [SUCCESS])

    key = "run_ours:2:RUN_COMPLETED"
    assert json.loads(posted.body) == {
        "id": hashlib.sha256(key.encode()).hexdigest(),
        "type": "RUN_COMPLETED",
        "occurredAt": "2026-01-02T03:05:07.007Z",
        "run": {
            "id": "run_ours",
            "taskIdentifier": "process-large-dataset",
            "attempt": 2,
            "tags": ["job:job_ours", "tag:été"],
            "startedAt": "2026-01-02T03:04:06.000Z",
            "finishedAt": "2026-01-02T03:05:07.007Z",
        },
        "output": {"answer": 42},
    }


@senders
@pytest.mark.parametrize(
    ("secret", "key"),
    [
        pytest.param(SECRET, SECRET.encode(), id="text"),
        pytest.param(f" {SECRET} ,other", SECRET.encode(), id="the first of two"),
        pytest.param(
            "whsec_AAECAwQFBgcICf//", bytes(range(10)) + b"\xff" * 2, id="key"
        ),
    ],
)
async def test_events_are_signed_with_the_first_secret(
    sender: Sender, receiver: Receiver, secret: str, key: bytes
) -> None:
    posted = await post_one_by_one(sender, receiver, [START, SUCCESS], secret)

    assert [one.headers["webhook-signature"] for one in posted] == [
        signature_of(one, key) for one in posted
    ]


@senders
async def test_an_answer_500_is_met_with_three_tries_of_one_event(
    sender: Sender, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.status = HTTPStatus.INTERNAL_SERVER_ERROR

    async with sender(receiver.url, SECRET, delivery=QUICK) as opened:
        await opened.send(START)
        tries = receiver.posted
        receiver.status = HTTPStatus.OK
        await opened.send(SUCCESS)

    assert len(tries) == 3
    assert len({one.headers["webhook-id"] for one in tries}) == 1
    assert len({one.body for one in tries}) == 1
    assert len(receiver.posted) == 4
    assert "RUN_STARTED of run_ours did not reach" in caplog.text


@senders
async def test_a_refusal_is_not_met_with_another_try(
    sender: Sender, receiver: Receiver
) -> None:
    receiver.status = HTTPStatus.UNAUTHORIZED

    async with sender(receiver.url, SECRET, delivery=QUICK) as opened:
        await opened.send(START)

    assert len(receiver.posted) == 1


@senders
async def test_a_receiver_that_hangs_is_given_up_after_three_tries(
    sender: Sender, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.gate.clear()

    impatient = replace(QUICK, timeout=1)
    async with sender(receiver.url, SECRET, delivery=impatient) as opened:
        await opened.send(START)

    assert len(await receiver.wait_for(3)) == 3
    assert "RUN_STARTED of run_ours did not reach" in caplog.text


@senders
async def test_a_refused_connection_is_given_up(
    sender: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as bound_but_deaf:
        bound_but_deaf.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound_but_deaf.getsockname()[1]}/"
        async with sender(url, SECRET, delivery=QUICK) as opened:
            await opened.send(START)

    assert "RUN_STARTED of run_ours did not reach" in caplog.text
