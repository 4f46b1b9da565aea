"""The log of notifications: pages, resending, and what goes by itself."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest

from jobwire.jobs.errors import NotFoundError
from jobwire.jobs.job import Job
from jobwire.jobs.notifications.deliver import Answer, settle
from jobwire.jobs.notifications.log import (
    ABANDONED,
    KEPT,
    clean,
    read_oldest,
    read_page,
    resend,
    resend_failed,
)
from jobwire.jobs.queries import Window
from jobwire.models.vocabulary import NotificationStatus
from tests.jobs.notifications.conftest import SHOP, Notifying

MakeJob = Callable[..., Awaitable[Job]]
TAKEN, GONE = Answer(200), Answer(410, "HTTP 410.")


@pytest.fixture
async def three(notifying: Notifying, make_job: MakeJob) -> Notifying:
    """The first was delivered, the second given up, the third waits."""
    await notifying.record_all()
    for _ in range(3):
        await make_job()
        await notifying.record_all()
    await end(notifying, TAKEN)
    await end(notifying, GONE)
    return notifying


def window(*, first: int, after: UUID | None = None) -> Window[UUID]:
    return Window(first=first, after=after)


async def end(notifying: Notifying, answer: Answer) -> None:
    [claimed] = await notifying.claim({SHOP: 1})
    random = Random(1)  # noqa: S311 - it spreads waits
    now = notifying.clock.now()
    await settle(notifying.connection, claimed, answer, random=random, now=now)


async def statuses(notifying: Notifying) -> list[str]:
    rows = await notifying.connection.fetch(
        "SELECT status FROM notifications ORDER BY id"
    )
    return [row["status"] for row in rows]


async def public_ids(notifying: Notifying) -> list[str]:
    page = await read_page(notifying.connection, window(first=10))
    return [one.public_id for one in reversed(page.items)]


async def test_pages_begin_with_the_newest(three: Notifying) -> None:
    first = await read_page(three.connection, window(first=2))
    rest = await read_page(three.connection, window(first=2, after=first.items[-1].id))

    found = [one.status for one in (*first.items, *rest.items)]
    assert found == ["PENDING", "FAILED", "DELIVERED"]
    assert (first.has_next_page, rest.has_next_page) == (True, False)


async def test_they_are_found_by_status_and_by_job(three: Notifying) -> None:
    [failed] = (
        await read_page(
            three.connection, window(first=9), status=NotificationStatus.FAILED
        )
    ).items
    [same] = (
        await read_page(
            three.connection,
            window(first=9),
            status=NotificationStatus.FAILED,
            job_id=failed.job_id,
        )
    ).items

    assert same == failed
    assert failed.error == "HTTP 410."


async def test_one_that_ended_is_sent_again_as_if_it_were_new(three: Notifying) -> None:
    delivered, failed, _ = await public_ids(three)

    for id in (delivered, failed):
        again = await resend(three.connection, id, now=three.clock.now())
        assert (again.status, again.attempts) == ("PENDING", 0)

    assert len(await three.claim()) == 3


async def test_one_that_waits_is_sent_now(three: Notifying) -> None:
    *_, waiting = await public_ids(three)
    await end(three, Answer(503, "HTTP 503."))
    assert await three.claim() == []

    again = await resend(three.connection, waiting, now=three.clock.now())

    assert again.attempts == 1
    assert len(await three.claim()) == 1


async def test_all_that_were_given_up_can_be_sent_again(three: Notifying) -> None:
    assert await resend_failed(three.connection, now=three.clock.now()) == 1
    assert await statuses(three) == ["DELIVERED", "PENDING", "PENDING"]


@pytest.mark.parametrize("id", ["ntf_01jdx3v8e4f6t9a2b5c7d1g0hk", "ntf_x", "job_x", ""])
async def test_what_is_not_there_cannot_be_sent_again(
    notifying: Notifying, id: str
) -> None:
    with pytest.raises(NotFoundError, match="no notification"):
        await resend(notifying.connection, id, now=notifying.clock.now())


async def test_the_oldest_that_waits_tells_its_age(three: Notifying) -> None:
    oldest = await read_oldest(three.connection)
    assert oldest == await three.connection.fetchval(
        "SELECT created_at FROM notifications WHERE status = 'PENDING'"
    )

    await end(three, TAKEN)
    assert await read_oldest(three.connection) is None


async def test_what_ended_is_kept_for_days_and_then_removed(three: Notifying) -> None:
    await clean(three.connection, [SHOP], now=three.clock.now() + KEPT)
    assert len(await statuses(three)) == 3

    three.clock.advance(KEPT + timedelta(seconds=1))
    await clean(three.connection, [SHOP], now=three.clock.now())
    # However old, what waits is not removed.
    assert await statuses(three) == ["PENDING"]


async def test_what_no_worker_will_ever_send_is_given_up_after_a_day(
    three: Notifying,
) -> None:
    others = ["https://other.example/"]
    await clean(three.connection, others, now=three.clock.now() + ABANDONED)
    assert "PENDING" in await statuses(three)

    late = three.clock.now() + ABANDONED + timedelta(seconds=1)
    await clean(three.connection, others, now=late)

    [one, *_] = (await read_page(three.connection, window(first=1))).items
    assert one.status == "FAILED"
    assert "No worker has this target" in (one.error or "")
