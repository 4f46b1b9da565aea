"""The doorbell: who hears a ring, when, and that nobody depends on it."""

import asyncio
from collections.abc import Callable

import pytest

from jobwire.jobs.doorbell import Doorbell, Topic, channel
from jobwire.models.database import Database

PATIENCE = 15.0


class Ear:
    """Keeps what a doorbell says, and waits for it."""

    def __init__(self) -> None:
        self.heard: list[frozenset[Topic]] = []
        self._stirred = asyncio.Event()

    def __call__(self, topics: frozenset[Topic]) -> None:
        self.heard.append(topics)
        self._stirred.set()

    async def until(self, satisfied: Callable[[list[frozenset[Topic]]], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not satisfied(self.heard):
                self._stirred.clear()
                await self._stirred.wait()

    async def any(self) -> None:
        await self.until(bool)


async def test_a_ring_is_heard_at_once_here_and_soon_elsewhere(
    database: Database,
) -> None:
    near, far = Ear(), Ear()
    async with Doorbell(database) as here, Doorbell(database) as there:
        here.listen(near)
        there.listen(far)

        here.ring(Topic.WORK, Topic.CHANGE)

        assert near.heard == [{Topic.WORK, Topic.CHANGE}]
        await far.any()
        there.ring(Topic.CANCEL)
        await near.until(lambda heard: len(heard) > 1)

    assert far.heard == [{Topic.WORK, Topic.CHANGE}, {Topic.CANCEL}]
    # Its own ring came back through PostgreSQL before the other one, and was skipped.
    assert near.heard == [{Topic.WORK, Topic.CHANGE}, {Topic.CANCEL}]


async def test_rings_close_together_are_sent_as_few(database: Database) -> None:
    far = Ear()
    async with Doorbell(database) as here, Doorbell(database) as there:
        there.listen(far)
        for _ in range(500):
            here.ring(Topic.CHANGE)
            await asyncio.sleep(0)
        here.ring(Topic.WORK)

        await far.until(lambda heard: any(Topic.WORK in topics for topics in heard))

    assert len(far.heard) < 50


async def test_a_last_ring_is_sent_before_the_doorbell_closes(
    database: Database,
) -> None:
    far = Ear()
    async with Doorbell(database) as there:
        there.listen(far)
        async with Doorbell(database) as here:
            here.ring(Topic.CHANGE)
            here.ring(Topic.WORK)

        await far.any()


async def test_other_schemas_hear_nothing() -> None:
    assert channel("public") != channel("jobs")
    assert len(channel("x" * 63)) < 63


async def test_disabled_it_rings_only_here(database: Database) -> None:
    near, far = Ear(), Ear()
    async with (
        Doorbell(database, enabled=False) as here,
        Doorbell(database) as there,
        Doorbell(database) as third,
    ):
        here.listen(near)
        there.listen(far)

        here.ring(Topic.WORK)
        third.ring(Topic.CANCEL)
        await far.any()

    assert near.heard == [{Topic.WORK}]
    assert far.heard == [{Topic.CANCEL}]


async def test_one_that_need_not_hear_rings_all_the_same(database: Database) -> None:
    near, far = Ear(), Ear()
    async with (
        Doorbell(database, hears=False) as here,
        Doorbell(database) as there,
        Doorbell(database) as third,
    ):
        here.listen(near)
        there.listen(far)

        third.ring(Topic.WORK)
        await far.any()
        here.ring(Topic.CANCEL)
        await far.until(lambda heard: len(heard) > 1)

    assert far.heard == [{Topic.WORK}, {Topic.CANCEL}]
    assert near.heard == [{Topic.CANCEL}]


async def test_a_listener_can_leave(database: Database) -> None:
    ear = Ear()
    async with Doorbell(database, enabled=False) as doorbell:
        leave = doorbell.listen(ear)
        leave()
        doorbell.ring(Topic.WORK)

    assert ear.heard == []


async def test_a_failing_listener_troubles_neither_the_ringer_nor_the_others(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    ear = Ear()

    def fail(_: frozenset[Topic]) -> None:
        raise RuntimeError("closed")

    async with Doorbell(database, enabled=False) as doorbell:
        doorbell.listen(fail)
        doorbell.listen(ear)
        doorbell.ring(Topic.WORK)

    assert ear.heard == [{Topic.WORK}]
    assert "a listener of the doorbell failed" in caplog.text


async def test_it_reconnects_and_rings_for_what_it_may_have_missed(
    database: Database,
) -> None:
    ear, far = Ear(), Ear()
    async with Doorbell(database) as doorbell, Doorbell(database) as other:
        doorbell.listen(ear)
        async with database.connection() as connection:
            await connection.execute(
                """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE application_name = 'jobwire doorbell'
                      AND datname = current_database()"""
            )
        other.listen(far)

        await ear.until(lambda heard: frozenset(Topic) in heard)
        await far.until(lambda heard: frozenset(Topic) in heard)
        doorbell.ring(Topic.CANCEL)
        await far.until(lambda heard: frozenset({Topic.CANCEL}) in heard)
