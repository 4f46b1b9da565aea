"""Sending over the wire: what a target sees, and what is made of its answer."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
from starlette.responses import RedirectResponse, Response

from jobwire.jobs.notifications.deliver import Answer, Claimed
from jobwire.jobs.notifications.send import USER_AGENT, Sender
from jobwire.jobs.notifications.targets import Target
from jobwire.triggerdev import InvalidSignatureError, verify
from jobwire.triggerdev.network import Network
from tests.clock import FakeClock
from tests.receiver import OTHER_SECRET, SECRET, Receiver, running_receiver

BODY = '{"type":"job.succeeded","data":{"tag":"Zürich"}}'


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with running_receiver() as receiver:
        yield receiver


async def send(
    url: str,
    clock: FakeClock,
    *secrets: str,
    patience: timedelta = timedelta(seconds=15),
) -> Answer:
    target = Target("target", url, secrets or (SECRET,))
    sender = Sender(target, Network(), connections=1, timeout=patience)
    claimed = Claimed(UUID(int=7), "target", "job.succeeded", BODY, 1, clock.now())
    try:
        return await sender.send(claimed, now=clock.now())
    finally:
        await sender.close()


async def test_a_message_is_signed_by_standard_webhooks(
    receiver: Receiver, clock: FakeClock
) -> None:
    assert await send(receiver.url, clock) == Answer(204)

    [posted] = receiver.posted
    assert posted.body == BODY.encode()
    assert posted.headers["content-type"] == "application/json"
    assert posted.headers["user-agent"] == USER_AGENT
    assert posted.id.startswith("ntf_")
    assert verify(
        posted.body, posted.headers, [SECRET], now=clock.now()
    ).message_id == (posted.id)


async def test_while_secrets_are_rotated_all_of_them_sign(
    receiver: Receiver, clock: FakeClock
) -> None:
    await send(receiver.url, clock, OTHER_SECRET, SECRET)

    [posted] = receiver.posted
    for secret in (SECRET, OTHER_SECRET):
        verify(posted.body, posted.headers, [secret], now=clock.now())
    with pytest.raises(InvalidSignatureError):
        verify(posted.body, posted.headers, ["whsec_c2hvcnQ="], now=clock.now())
    assert len(posted.headers["webhook-signature"].split(" ")) == 2


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_every_2xx_is_a_success(
    receiver: Receiver, clock: FakeClock, status: int
) -> None:
    receiver.answers.append(Response("", status))

    assert (await send(receiver.url, clock)).is_success


async def test_a_redirect_is_not_followed(receiver: Receiver, clock: FakeClock) -> None:
    receiver.answers.append(RedirectResponse(f"{receiver.url}/elsewhere"))

    answer = await send(receiver.url, clock)

    assert (answer.status_code, len(receiver.posted)) == (307, 1)
    assert answer.error == (
        "HTTP 307: redirects are not followed; name where it leads to."
    )


async def test_the_beginning_of_a_refusal_is_kept_on_one_line(
    receiver: Receiver, clock: FakeClock
) -> None:
    receiver.answers.append(Response("no\nsuch\x00 \x1b[31mroute " + "x" * 9999, 404))

    error = (await send(receiver.url, clock)).error or ""

    assert error.startswith("HTTP 404: no such [31mroute xxx")
    assert error.endswith("…")
    assert len(error) < 250


async def test_retry_after_is_read_as_seconds_or_as_a_date(
    receiver: Receiver, clock: FakeClock
) -> None:
    at = (clock.now() + timedelta(hours=1)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    for told in ("120", at, "soon"):
        receiver.answers.append(Response("", 503, headers={"retry-after": told}))

    answers = [await send(receiver.url, clock) for _ in range(3)]

    assert [one.retry_after for one in answers] == [
        timedelta(minutes=2),
        timedelta(hours=1),
        None,
    ]


async def test_gone_is_explained(receiver: Receiver, clock: FakeClock) -> None:
    receiver.answers.append(Response("", 410))

    assert (await send(receiver.url, clock)).error == (
        "HTTP 410: the target says that nobody takes this any more."
    )


async def test_a_target_that_does_not_answer_in_time_has_not_answered(
    receiver: Receiver, clock: FakeClock
) -> None:
    receiver.gate.clear()

    answer = await send(receiver.url, clock, patience=timedelta(seconds=0.2))

    assert answer == Answer(None, "No answer within 0.2 s.")


async def test_a_url_that_no_request_can_have_is_told_like_any_failure(
    clock: FakeClock,
) -> None:
    answer = await send("http://a..example/", clock)

    assert answer.status_code is None
    assert (answer.error or "").startswith("No answer: ")


async def test_a_target_that_cannot_be_reached_has_not_answered(
    clock: FakeClock,
) -> None:
    answer = await send("http://127.0.0.1:1/?token=hidden", clock)

    assert answer.status_code is None
    assert (answer.error or "").startswith("No answer: ConnectError")
    assert "hidden" not in (answer.error or "")
