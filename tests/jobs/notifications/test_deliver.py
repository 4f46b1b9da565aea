"""Claims, leases and waits: one sends at a time, and nothing waits for ever."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import Random

import pytest

from jobwire.jobs.job import Job
from jobwire.jobs.notifications.deliver import (
    LONGEST_RETRY_AFTER,
    MAX_ATTEMPTS,
    MAX_ERROR_LENGTH,
    SPREAD,
    WAITS,
    Answer,
    Claimed,
    settle,
    wait_after,
)
from jobwire.models.vocabulary import NotificationStatus
from tests.jobs.notifications.conftest import LEASE, SHOP, Notifying

MakeJob = Callable[..., Awaitable[Job]]
RANDOM = Random(7)  # noqa: S311 - it spreads waits
TAKEN = Answer(204)
REFUSED = Answer(500, "HTTP 500.")


@pytest.fixture
async def waiting(notifying: Notifying, make_job: MakeJob) -> Notifying:
    """One that is due."""
    await notifying.record_all()
    await make_job()
    assert await notifying.record_all() == 1
    return notifying


async def settled(
    notifying: Notifying, claimed: Claimed, answer: Answer
) -> NotificationStatus | None:
    return await settle(
        notifying.connection,
        claimed,
        answer,
        random=RANDOM,
        now=notifying.clock.now(),
    )


async def test_a_claim_is_one_workers_until_its_lease_ends(waiting: Notifying) -> None:
    [first] = await waiting.claim()
    assert await waiting.claim() == []

    waiting.clock.advance(LEASE)
    [again] = await waiting.claim()

    assert (again.message_id, again.body) == (first.message_id, first.body)
    assert (first.attempt, again.attempt) == (1, 2)


async def test_whose_lease_has_passed_has_nothing_to_say(waiting: Notifying) -> None:
    [late] = await waiting.claim()
    waiting.clock.advance(LEASE)
    [again] = await waiting.claim()

    assert await settled(waiting, late, REFUSED) is None
    assert await settled(waiting, again, TAKEN) is NotificationStatus.DELIVERED
    assert await settled(waiting, late, REFUSED) is None


async def test_what_was_taken_is_not_sent_again(waiting: Notifying) -> None:
    [claimed] = await waiting.claim()

    await settled(waiting, claimed, TAKEN)
    waiting.clock.advance(timedelta(days=30))

    assert await waiting.claim() == []
    [row] = await waiting.connection.fetch("SELECT * FROM notifications")
    assert (row["status"], row["status_code"], row["error"]) == ("DELIVERED", 204, None)
    assert row["ended_at"] is not None


async def test_what_is_never_taken_is_given_up_after_three_days_and_ten_attempts(
    waiting: Notifying,
) -> None:
    attempts, began = 0, waiting.clock.now()
    while claimed := await waiting.claim():
        attempts += 1
        status = await settled(waiting, claimed[0], REFUSED)
        next_attempt_at = await waiting.connection.fetchval(
            "SELECT next_attempt_at FROM notifications"
        )
        if status is NotificationStatus.FAILED:
            break
        assert await waiting.claim() == []
        waiting.clock.advance(next_attempt_at - waiting.clock.now())

    assert attempts == MAX_ATTEMPTS == 10
    spent = waiting.clock.now() - began
    assert timedelta(days=3) < spent < timedelta(days=4)
    [row] = await waiting.connection.fetch("SELECT * FROM notifications")
    assert (row["status"], row["error"]) == ("FAILED", "HTTP 500.")


async def test_a_target_that_is_gone_ends_it_at_once(waiting: Notifying) -> None:
    [claimed] = await waiting.claim()

    assert await settled(waiting, claimed, Answer(410, "HTTP 410.")) is (
        NotificationStatus.FAILED
    )


async def test_a_long_error_is_cut(waiting: Notifying) -> None:
    [claimed] = await waiting.claim()

    await settled(waiting, claimed, Answer(500, "x" * 9999))

    error = await waiting.connection.fetchval("SELECT error FROM notifications")
    assert len(error) == MAX_ERROR_LENGTH


@pytest.mark.parametrize("attempt", range(1, MAX_ATTEMPTS))
def test_waits_are_those_of_standard_webhooks_and_a_little_more(attempt: int) -> None:
    wait = wait_after(attempt, REFUSED, RANDOM)

    least = WAITS[attempt - 1]
    assert wait is not None
    assert least <= wait <= least * (1 + SPREAD)


@pytest.mark.parametrize(
    ("asked", "least"),
    [
        (timedelta(seconds=-5), WAITS[0]),
        (timedelta(seconds=1), WAITS[0]),
        (timedelta(minutes=7), timedelta(minutes=7)),
        (timedelta(days=365), LONGEST_RETRY_AFTER),
    ],
)
def test_a_longer_wait_that_is_asked_for_is_honoured_up_to_a_day(
    asked: timedelta, least: timedelta
) -> None:
    wait = wait_after(1, Answer(429, "HTTP 429.", asked), RANDOM)

    assert wait is not None
    assert least <= wait <= least * (1 + SPREAD)


async def test_a_claim_takes_no_more_than_there_is_room_for_and_the_oldest_first(
    notifying: Notifying, make_job: MakeJob
) -> None:
    await notifying.record_all()
    for _ in range(3):
        await make_job()
        await notifying.record_all()
        notifying.clock.advance(1)

    first = await notifying.claim({SHOP: 2, "https://other.example/": 5})
    rest = await notifying.claim()

    ids = [one.id for one in (*first, *rest)]
    assert (len(first), len(rest)) == (2, 1)
    assert ids == sorted(ids)


async def test_a_claim_walks_the_index_of_what_is_due(waiting: Notifying) -> None:
    from jobwire.jobs.notifications.deliver import _CLAIM  # noqa: PLC0415 - its plan

    now = waiting.clock.now()
    async with waiting.connection.transaction():
        await waiting.connection.execute("SET LOCAL enable_seqscan = off")
        plan = await waiting.connection.fetch(
            f"EXPLAIN {_CLAIM}", [SHOP], [8], now, now + LEASE
        )

    text = "\n".join(row[0] for row in plan)
    assert "ix_notifications_due" in text
    assert "Sort" not in text
