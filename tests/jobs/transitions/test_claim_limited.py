"""Queues with limits: places, keys, and who has to wait."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobwire.jobs.cancel import cancel
from jobwire.jobs.job import Job
from jobwire.jobs.set_queue import UNCHANGED, set_queue
from jobwire.jobs.transitions import claim_limited as module
from jobwire.jobs.transitions.claim import Claimed, claim
from jobwire.jobs.transitions.claim_limited import LimitedClaim, claim_limited
from jobwire.jobs.transitions.finish import Finish, Outcome, finish
from jobwire.jobs.transitions.force import force
from jobwire.jobs.transitions.rescue import rescue
from jobwire.jobs.transitions.slots import restore_slots
from jobwire.jobs.viewer import trusted
from jobwire.models.database import Connection, Database
from jobwire.models.vocabulary import CancelMode
from tests.clock import FakeClock
from tests.emptying import empty
from tests.factories import LEASE, WORKER, insert_job

ADMIN = trusted("admin")
QUEUE = "mail"


class Mail:
    """A queue, its jobs, and what is done to them on one connection."""

    def __init__(self, connection: Connection, clock: FakeClock) -> None:
        self.connection = connection
        self.clock = clock

    async def set(self, **options: Any) -> None:
        async with self.connection.transaction():
            await set_queue(
                self.connection, QUEUE, viewer=ADMIN, now=self.clock.now(), **options
            )

    async def add(self, key: str | None = None, **columns: Any) -> Job:
        self.clock.advance(timedelta(milliseconds=1))
        return await insert_job(
            self.connection,
            now=self.clock.now(),
            queue=QUEUE,
            concurrency_key=key,
            **columns,
        )

    async def look(self, *, limit: int = 100, after_key: str = "") -> LimitedClaim:
        async with self.connection.transaction():
            return await claim_limited(
                self.connection,
                QUEUE,
                worker=WORKER,
                limit=limit,
                lease=LEASE,
                types=["no-op"],
                now=self.clock.now(),
                after_key=after_key,
            )

    async def claim(self, *, limit: int = 100) -> list[Claimed]:
        return (await self.look(limit=limit)).claimed

    async def claim_openly(self) -> list[Claimed]:
        return await claim(
            self.connection,
            worker=WORKER,
            limit=100,
            lease=LEASE,
            types=["no-op"],
            now=self.clock.now(),
            queues=[QUEUE],
        )

    async def end(self, *jobs: Claimed, outcome: Outcome = Outcome.SUCCEEDED) -> bool:
        """End attempts; whether others may have waited for them."""
        now = self.clock.now()
        ends = [
            Finish(
                one.id,
                one.fence,
                outcome,
                result="1" if outcome is Outcome.SUCCEEDED else None,
            )
            for one in jobs
        ]
        accepted = await finish(self.connection, ends, worker=WORKER, now=now)
        assert accepted.keys() == {one.id for one in jobs}
        return any(accepted.values())

    async def places(self) -> list[tuple[str, int]]:
        rows = await self.connection.fetch(
            "SELECT key, number FROM queue_slots ORDER BY key, number"
        )
        return [tuple(row) for row in rows]


@pytest.fixture
async def mail(database: Database, clock: FakeClock):
    async with database.connection() as connection:
        yield Mail(connection, clock)


def _ids(jobs: Sequence[Claimed | Job]) -> list[Any]:
    return [one.id for one in jobs]


async def test_no_more_run_than_the_limit_allows(mail: Mail) -> None:
    await mail.set(limit=2)
    jobs = [await mail.add() for _ in range(5)]

    first = await mail.claim()
    none = await mail.claim()
    await mail.end(first[0])
    next_one = await mail.claim()

    assert (_ids(first), none) == (_ids(jobs[:2]), [])
    assert _ids(next_one) == [jobs[2].id]
    assert await mail.places() == [("", 1), ("", 2)]


async def test_an_end_tells_whether_others_may_have_waited_for_its_place(
    mail: Mail,
) -> None:
    await mail.set(limit=3)
    for _ in range(3):
        await mail.add()
    jobs = await mail.claim()

    # The last place is taken, then it is not.
    assert await mail.end(jobs[0])
    assert await mail.end(jobs[2])
    assert not await mail.end(jobs[1])


async def test_an_end_tells_of_those_that_wait_for_its_key(mail: Mail) -> None:
    await mail.set(limit=100, limit_per_key=2)
    full, roomy = [await mail.add("a") for _ in range(2)], await mail.add("b")
    jobs = {one.id: one for one in await mail.claim()}

    assert not await mail.end(jobs[roomy.id])
    assert await mail.end(jobs[full[0].id])


async def test_an_end_in_a_queue_without_limits_frees_nothing(mail: Mail) -> None:
    await mail.add()
    [job] = await mail.claim_openly()

    assert not await mail.end(job)


async def test_a_limit_per_key_holds_for_each_key_by_itself(mail: Mail) -> None:
    await mail.set(limit_per_key=1)
    jobs = [await mail.add(key) for key in ("a", "a", "b", "b", "c")]

    claimed = await mail.claim()

    assert _ids(claimed) == _ids([jobs[0], jobs[2], jobs[4]])
    assert await mail.places() == [("a", 1), ("b", 1), ("c", 1)]


async def test_jobs_without_a_key_are_not_limited_per_key(mail: Mail) -> None:
    await mail.set(limit_per_key=1)
    jobs = [await mail.add(key) for key in (None, "a", None, "a", None)]

    assert _ids(await mail.claim()) == _ids([jobs[0], jobs[1], jobs[2], jobs[4]])


async def test_both_limits_hold_at_once(mail: Mail) -> None:
    await mail.set(limit=3, limit_per_key=2)
    for key in ("a", "a", "a", "b", "b"):
        await mail.add(key)

    claimed = await mail.claim()

    assert len(claimed) == 3
    assert await mail.places() == [
        *(("", number) for number in (1, 2, 3)),
        ("a", 1),
        ("a", 2),
        ("b", 1),
    ]


async def test_the_most_urgent_and_then_the_longest_due_go_first(mail: Mail) -> None:
    await mail.set(limit_per_key=5)
    jobs = [await mail.add(*one) for one in (("a",), ("b",), (None,))]
    urgent = await mail.add("z", priority=9)

    claimed = await mail.claim(limit=3)

    assert _ids(claimed) == [urgent.id, jobs[0].id, jobs[1].id]


async def test_a_full_key_does_not_hold_up_those_behind_it(mail: Mail) -> None:
    await mail.set(limit_per_key=1)
    for _ in range(300):
        await mail.add("busy", priority=9)
    other = await mail.add("idle")
    await mail.claim(limit=1)

    assert _ids(await mail.claim()) == [other.id]


async def test_keys_beyond_those_that_one_claim_looks_at_have_their_turn(
    mail: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_KEYS", 2)
    monkeypatch.setattr(module, "LOOK_AHEAD", 0)
    await mail.set(limit_per_key=1)
    for key in "abcde":
        await mail.add(key)
    seen, after = [], ""

    while True:
        taken = await mail.look(after_key=after)
        seen.append(len(taken.claimed))
        after = taken.after_key
        if not after:
            break

    assert seen == [2, 2, 1]


@pytest.mark.parametrize("how", ["finish", "hand back", "retry", "rescue", "force"])
async def test_whatever_ends_an_attempt_gives_its_places_back(
    mail: Mail, how: str
) -> None:
    await mail.set(limit=1, limit_per_key=1)
    await mail.add("a")
    await mail.add("a")
    [first] = await mail.claim()
    later = mail.clock.now() + timedelta(days=2)

    if how == "rescue":
        await rescue(mail.connection, now=later)
    elif how == "force":
        async with mail.connection.transaction():
            await cancel(
                mail.connection,
                first.id,
                viewer=ADMIN,
                now=mail.clock.now(),
                mode=CancelMode.FORCE,
            )
        await force(mail.connection, now=later)
    else:
        outcome = {"finish": "SUCCEEDED", "hand back": "HANDED_BACK"}.get(
            how, "STOPPED"
        )
        await mail.end(first, outcome=Outcome(outcome))

    assert await mail.places() == []
    assert len(await mail.claim()) == 1


async def test_a_paused_queue_starts_nothing_until_it_is_resumed(mail: Mail) -> None:
    await mail.set(is_paused=True)
    await mail.add()

    paused = (await mail.claim(), await mail.claim_openly())
    await mail.set(is_paused=False)

    assert paused == ([], [])
    assert (len(await mail.claim()), len(await mail.claim_openly())) == (0, 1)


async def test_a_queue_with_limits_is_left_alone_by_the_claim_of_the_open_ones(
    mail: Mail,
) -> None:
    await mail.set(limit=5)
    await mail.add()

    assert await mail.claim_openly() == []


async def test_jobs_that_ran_before_the_limit_count(mail: Mail) -> None:
    for _ in range(4):
        await mail.add("a")
    running = await mail.claim_openly()
    for _ in range(4):
        await mail.add("a")

    await mail.set(limit=2, limit_per_key=3)

    assert await mail.claim() == []
    await mail.end(*running[:2])
    assert await mail.claim() == []
    await mail.end(running[2])
    assert len(await mail.claim()) == 1


async def test_a_lowered_limit_stops_starts_and_nothing_else(mail: Mail) -> None:
    await mail.set(limit=4)
    for _ in range(8):
        await mail.add()
    running = await mail.claim()

    await mail.set(limit=1)

    for one in running[:3]:
        await mail.end(one)
        assert await mail.claim() == []
    await mail.end(running[3])
    assert len(await mail.claim()) == 1


async def test_a_raised_or_lifted_limit_counts_at_once(mail: Mail) -> None:
    await mail.set(limit=1)
    for _ in range(6):
        await mail.add()
    await mail.claim()

    await mail.set(limit=3)
    raised = await mail.claim()
    await mail.set(limit=None)

    assert len(raised) == 2
    assert (await mail.claim(), len(await mail.claim_openly())) == ([], 3)


async def test_what_is_not_named_stays(mail: Mail) -> None:
    await mail.set(limit=3, limit_per_key=2, is_paused=True)

    async with mail.connection.transaction():
        state = await set_queue(
            mail.connection, QUEUE, viewer=ADMIN, now=mail.clock.now(), limit=None
        )

    assert (state.is_paused, state.limit, state.limit_per_key) == (True, None, 2)
    assert UNCHANGED.value == "unchanged"


async def test_places_of_jobs_that_do_not_run_are_freed(mail: Mail) -> None:
    await mail.set(limit=1)
    await mail.add()
    job = await mail.add()
    await mail.connection.execute(
        "INSERT INTO queue_slots VALUES ($1, '', 1, $2)", QUEUE, job.id
    )
    assert await mail.claim() == []

    async with mail.connection.transaction():
        await restore_slots(mail.connection)

    assert len(await mail.claim()) == 1


async def test_workers_at_once_never_start_more_than_the_limit(
    database: Database, mail: Mail
) -> None:
    await mail.set(limit=5, limit_per_key=2)
    for number in range(40):
        await mail.add(f"key-{number % 4}")
    most: Counter[str] = Counter()

    async def work() -> int:
        done = 0
        async with database.connection() as connection:
            mine = Mail(connection, mail.clock)
            for _ in range(30):
                claimed = await mine.claim(limit=3)
                for key, count in await connection.fetch(
                    """SELECT COALESCE(k.key, ''), count(*) FROM worker_jobs j
                        CROSS JOIN LATERAL (VALUES (''), (j.concurrency_key)) k (key)
                        WHERE j.status = 'RUNNING' GROUP BY 1"""
                ):
                    most[key] = max(most[key], count)
                if claimed:
                    await mine.end(*claimed)
                done += len(claimed)
        return done

    done = await asyncio.gather(*(work() for _ in range(4)))

    assert sum(done) == 40
    assert most.pop("") <= 5
    assert max(most.values()) <= 2


class History:
    """What was done to a queue, and who runs in it."""

    def __init__(self, mail: Mail, random: Random) -> None:
        self._mail = mail
        self._random = random
        self._keys: dict[Any, str | None] = {}
        self._running: dict[Any, Claimed] = {}
        self._limits: dict[str, int | None] = {"limit": None, "limit_per_key": None}

    async def add(self) -> None:
        key = self._random.choice([None, "a", "b"])
        self._keys[(await self._mail.add(key)).id] = key

    async def open(self) -> None:
        claimed = await self._mail.claim_openly()
        self._start(claimed)
        assert not claimed or {*self._limits.values()} == {None}

    async def claim(self) -> None:
        claimed = await self._mail.claim(limit=self._random.randint(1, 4))
        self._start(claimed)
        limit, per_key = self._limits.values()
        if claimed and limit is not None:
            assert len(self._running) <= limit
        counts = Counter(self._keys[one] for one in self._running)
        for key in {self._keys[one.id] for one in claimed} - {None}:
            assert per_key is None or counts[key] <= per_key

    async def end(self) -> None:
        if self._running:
            one = self._running.pop(self._random.choice(sorted(self._running)))
            await self._mail.end(one)

    async def rescue(self) -> None:
        late = self._mail.clock.now() + 2 * LEASE
        await rescue(self._mail.connection, now=late)
        self._running.clear()

    async def set(self) -> None:
        self._limits = {
            name: self._random.choice([None, 1, 2, 4]) for name in self._limits
        }
        await self._mail.set(**self._limits)

    async def restore(self) -> None:
        async with self._mail.connection.transaction():
            await restore_slots(self._mail.connection)

    def _start(self, claimed: Sequence[Claimed]) -> None:
        assert not {*_ids(claimed)} & {*self._running}
        self._running |= {one.id: one for one in claimed}


STEPS = st.sampled_from(
    ["add", "add", "add", "claim", "claim", "end", "rescue", "set", "open", "restore"]
)
_STRAY = """
SELECT count(*) FROM queue_slots s LEFT JOIN worker_jobs j ON j.id = s.job_id
 WHERE j.status IS DISTINCT FROM 'RUNNING'"""


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    steps=st.lists(STEPS, min_size=15, max_size=35),
    random=st.randoms(use_true_random=False),
)
async def test_whatever_happens_no_start_goes_beyond_a_limit(
    mail: Mail, steps: list[str], random: Random
) -> None:
    await empty(mail.connection)
    history = History(mail, random)

    for step in steps:
        await getattr(history, step)()

    assert await mail.connection.fetchval(_STRAY) == 0
