"""The log: folding a job's events gives its row."""

import json
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobwire.jobs.cancel import cancel
from jobwire.jobs.failure import Failure
from jobwire.jobs.observe import observe
from jobwire.jobs.schedule import schedule
from jobwire.jobs.schedule_request import RunTime, ScheduleRequest
from jobwire.jobs.sync_paths import SyncPath
from jobwire.jobs.transitions.acknowledge import acknowledge
from jobwire.jobs.transitions.claim import claim
from jobwire.jobs.transitions.dispatch import (
    Dispatch,
    claim_dispatches,
    lose_answer,
    release,
    resend,
    take_undecided,
)
from jobwire.jobs.transitions.expire import expire
from jobwire.jobs.transitions.finish import Finish, Outcome, finish
from jobwire.jobs.transitions.force import force
from jobwire.jobs.transitions.leave import leave_all
from jobwire.jobs.transitions.link import link, lose, reject, settle_unstarted
from jobwire.jobs.transitions.progress import Report, record_progress
from jobwire.jobs.transitions.promote import promote
from jobwire.jobs.transitions.quarantine import (
    lock_suspect,
    redispatch,
    suspect,
)
from jobwire.jobs.transitions.rescue import rescue
from jobwire.jobs.transitions.tell_run import acknowledge_by_run
from jobwire.jobs.viewer import trusted
from jobwire.models.database import Connection, Database
from jobwire.models.vocabulary import (
    CancelMode,
    Executor,
    FailureKind,
    JobStatus,
    SignalSource,
)
from tests.clock import FakeClock
from tests.emptying import empty
from tests.event_log import Checked, check, find_wrong, find_wrong_of_erased
from tests.factories import RUN_ID
from tests.jobs.said import HOOKS, WORDS, hook, progress, verdict

LEASE = timedelta(seconds=10)


async def _step(
    connection: Connection, clock: FakeClock, step: str, random: Random
) -> None:
    row = await connection.fetchrow("SELECT id, fence FROM worker_jobs")
    id, fence = row["id"], row["fence"]
    now = clock.advance(random.choice([1, 30]))
    if step == "claim":
        await claim(
            connection, worker="w", limit=1, lease=LEASE, types=["any"], now=now
        )
    elif step == "cancel":
        async with connection.transaction():
            await _cancel(connection, id, random, now)
    elif step == "force":
        await force(connection, now=now)
    elif step == "progress":
        report = Report(id, fence, json.dumps({"fraction": random.random()}))
        await record_progress(connection, [report], worker="w", now=now)
    elif step == "acknowledge":
        await acknowledge(connection, [(id, fence)], worker="w", now=now)
    elif step == "promote":
        await promote(connection, now=now + timedelta(hours=1))
    elif step == "expire":
        await expire(connection, now=now + timedelta(days=2))
    elif step == "rescue":
        await rescue(connection, now=now)
    else:
        outcome = Outcome(step)
        failed = outcome in (Outcome.FAILED, Outcome.RETRY)
        one = Finish(
            id,
            fence - random.choice([0, 0, 1]),
            outcome,
            result='{"a": null}' if outcome is Outcome.SUCCEEDED else None,
            failure=Failure(FailureKind.TASK_ERROR, "no") if failed else None,
            retry_at=now if outcome is Outcome.RETRY else None,
        )
        await finish(connection, [one], worker="w", now=now)


async def _cancel(
    connection: Connection, id: UUID, random: Random, now: datetime
) -> None:
    mode = random.choice([*CancelMode])
    grace = timedelta(seconds=random.choice([0, 20]))
    await cancel(
        connection,
        id,
        viewer=trusted("user-1"),
        now=now,
        mode=mode,
        grace_period=grace,
    )


STEPS = st.sampled_from(
    [
        "claim",
        "claim",
        "promote",
        "cancel",
        "cancel",
        "force",
        "progress",
        "acknowledge",
        "expire",
        "rescue",
        *Outcome,
    ]
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    steps=st.lists(STEPS, max_size=12),
    delay=st.sampled_from([None, timedelta(minutes=5)]),
    ttl=st.sampled_from([None, timedelta(days=1)]),
    random=st.randoms(use_true_random=False),
)
async def test_folding_the_events_gives_the_row_and_its_end_is_sealed(
    database: Database,
    steps: list[str],
    delay: timedelta | None,
    ttl: timedelta | None,
    random: Random,
) -> None:
    clock = FakeClock()
    async with database.connection() as connection:
        await empty(connection)
        request = ScheduleRequest(
            type="any", tag="t", data={"n": 1}, when=RunTime(delay=delay), ttl=ttl
        )
        await schedule(
            connection,
            request,
            registry=None,
            viewer=trusted("user-1"),
            now=clock.now(),
        )
        ended: str | None = None
        for step in steps:
            await _step(connection, clock, step, random)
            row = await connection.fetchrow("SELECT status, finished FROM worker_jobs")
            assert ended in (None, row["status"])
            if row["finished"] is not None:
                ended = row["status"]

        assert await check(connection) == Checked(jobs=1, unborn=0)


class _Handing:
    """One process that hands a job over, and hears of its run."""

    def __init__(
        self, connection: Connection, clock: FakeClock, random: Random
    ) -> None:
        self.connection = connection
        self.clock = clock
        self.random = random
        self.held: Dispatch | None = None

    async def step(self, step: str, id: UUID) -> None:
        now = self.clock.advance(self.random.choice([1, 30]))
        common = {
            "worker": "w",
            "limit": 1,
            "lease": LEASE,
            "environment": "here",
            "now": now,
        }
        if step == "claim":
            claimed = await claim_dispatches(self.connection, **common)
            self.held = claimed[0] if claimed else self.held
        elif step == "take":
            taken = await take_undecided(self.connection, sent_before=now, **common)
            self.held = taken[0] if taken else self.held
        elif step == "promote":
            await promote(self.connection, now=now + timedelta(hours=1))
        elif step == "expire":
            await expire(self.connection, now=now + timedelta(days=2))
        elif step == "force":
            await force(self.connection, now=now)
        else:
            async with self.connection.transaction():
                await self._write(step, id, now)

    async def _write(self, step: str, id: UUID, now: datetime) -> None:
        if step == "cancel":
            await _cancel(self.connection, id, self.random, now)
        elif step == "link":
            row = await self.connection.fetchrow("SELECT * FROM worker_jobs")
            if row["dispatch_state"] != "none":
                await link(
                    self.connection, id, RUN_ID, source=SignalSource.DISPATCH, now=now
                )
        elif step == "acknowledge":
            await acknowledge_by_run(self.connection, id, now=now)
        elif step == "lose":
            await lose(self.connection, RUN_ID, now=now)
        elif step in {"suspect", "redispatch", "leave"}:
            await self._judge(step, now)
        elif step == "observe":
            await self._observe(now)
        elif self.held is not None:
            await self._write_held(step, self.held, now)

    async def _judge(self, step: str, now: datetime) -> None:
        if step == "leave":
            await leave_all(self.connection, UUID(int=1), actor="cli", now=now)
        elif step == "suspect":
            await suspect(self.connection, RUN_ID, now=now)
        elif (lost := await lock_suspect(self.connection, RUN_ID)) is not None:
            await redispatch(self.connection, lost, now=now)

    async def _write_held(self, step: str, held: Dispatch, now: datetime) -> None:
        late = now + timedelta(days=self.random.choice([0, 2]))
        if step == "lose the answer":
            await lose_answer(self.connection, held, now, settle=LEASE)
        elif step == "resend":
            again = await resend(self.connection, held, lease=LEASE, now=late)
            self.held = again or held
        elif step == "reject":
            await reject(self.connection, held.id, held.fence, "no", now=now)
        else:
            ended = await settle_unstarted(
                self.connection, held.id, held.fence, now=late
            )
            if ended is None and step == "release":
                await release(self.connection, held, now)

    async def _observe(self, now: datetime) -> None:
        attempt = self.random.randint(1, 3)
        said = self.random.choice(
            [
                verdict(self.random.choice([*WORDS]), attempt=attempt),
                verdict(JobStatus.CANCELED, finished_at=None),
                hook(self.random.choice([*HOOKS]), attempt=attempt),
                progress(now.isoformat(), attempt=attempt),
            ]
        )
        await observe(
            self.connection,
            said,
            now=now,
            seals=self.random.random() < 1 / 4,
            paths=self.random.choice([None, frozenset(SyncPath)]),
        )


RUN_STEPS = st.sampled_from(
    [
        "claim",
        "claim",
        "promote",
        "take",
        "resend",
        "lose the answer",
        "release",
        "settle",
        "link",
        "link",
        "observe",
        "observe",
        "observe",
        "acknowledge",
        "cancel",
        "force",
        "expire",
        "reject",
        "lose",
        "suspect",
        "suspect",
        "redispatch",
        "leave",
    ]
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    steps=st.lists(RUN_STEPS, max_size=16),
    delay=st.sampled_from([None, timedelta(minutes=5)]),
    ttl=st.sampled_from([None, timedelta(days=1)]),
    random=st.randoms(use_true_random=False),
)
async def test_folding_the_events_of_a_job_on_trigger_dev_gives_its_row(
    database: Database,
    steps: list[str],
    delay: timedelta | None,
    ttl: timedelta | None,
    random: Random,
) -> None:
    clock = FakeClock()
    async with database.connection() as connection:
        await empty(connection)
        request = ScheduleRequest(
            type="any",
            tag="t",
            executor=Executor.TRIGGER,
            trigger_task_id="task",
            when=RunTime(delay=delay),
            ttl=ttl,
        )
        scheduled = await schedule(
            connection,
            request,
            registry=None,
            viewer=trusted("user-1"),
            now=clock.now(),
        )
        handing = _Handing(connection, clock, random)
        ended: str | None = None
        for step in steps:
            await handing.step(step, scheduled.job.id)
            row = await connection.fetchrow("SELECT status, finished FROM worker_jobs")
            assert ended in (None, row["status"])
            if row["finished"] is not None:
                ended = row["status"]

        assert await check(connection) == Checked(jobs=1, unborn=0)


CREATED = [1, None, "QUEUED", {"status": "QUEUED", "attempts": 0}]
CANCELED = [2, "QUEUED", "CANCELED", {"status": "CANCELED"}]
ROW = {"version": 2, "status": "CANCELED", "attempts": 0, "executor": "internal"}


@pytest.mark.parametrize(
    ("row", "events", "attempts", "what"),
    [
        ({}, [CREATED], [], "its row has version 2"),
        ({}, [CREATED, [3, *CANCELED[1:]]], [], "its events have"),
        ({}, [CREATED, [2, "RUNNING", *CANCELED[2:]]], [], "comes from RUNNING"),
        ({}, [CREATED, [*CANCELED[:3], {}]], [], "changes say QUEUED"),
        ({"status": "FAILED"}, [CREATED, CANCELED], [], "status is 'FAILED'"),
        (
            {"version": 3},
            [CREATED, CANCELED, [3, "CANCELED", "QUEUED", {"status": "QUEUED"}]],
            [],
            "moves a sealed job",
        ),
        ({"progress": 1}, [CREATED, CANCELED], [], "progress is 1"),
        (
            {},
            [CREATED, [*CANCELED[:3], {"status": "CANCELED", "colour": 1}]],
            [],
            "['colour']",
        ),
        ({}, [CREATED, CANCELED], [[1, "LOST"]], "counts 0 attempts"),
        (
            {"executor": "trigger"},
            [CREATED, CANCELED],
            [[1, "RUNNING"]],
            "attempts [1] are running",
        ),
    ],
)
def test_the_check_of_the_log_finds(
    row: dict[str, object],
    events: list[list[object]],
    attempts: list[list[object]],
    what: str,
) -> None:
    whole = {"executor": "internal", **dict.fromkeys(row)} | ROW | row
    first = [*events[0][:3], {**events[0][3], "executor": whole["executor"]}]

    found = list(find_wrong(whole, [first, *events[1:]], attempts))

    assert what in " | ".join(found)


def test_the_check_of_the_log_finds_nothing_wrong_with_what_is_right() -> None:
    first = [*CREATED[:3], {**CREATED[3], "executor": "internal"}]

    assert list(find_wrong(ROW, [first, CANCELED], [])) == []


GONE = [2, "DELETED", {}, None]


@pytest.mark.parametrize(
    ("told", "what"),
    [
        ([[1, "CREATED", {}, None]], "events have [1]"),
        ([[1, "CREATED", {}, None], [3, *GONE[1:]]], "events have [1, 3]"),
        ([[1, "CREATED", {}, None], [2, "FAILED", {}, None]], "DELETED are []"),
        ([[1, "DELETED", {}, None], GONE], "DELETED are [1, 2]"),
        ([[1, "CREATED", {"tag": "t"}, None], GONE], "event 1 holds"),
        ([[1, "CREATED", {}, {"was": []}], GONE], "event 1 holds"),
    ],
)
def test_the_check_of_the_log_finds_of_a_deleted_job(
    told: list[list[object]], what: str
) -> None:
    assert what in " | ".join(find_wrong_of_erased({"version": 2}, told))


def test_the_check_of_the_log_finds_nothing_wrong_with_a_deleted_job() -> None:
    told = [[1, "CREATED", {}, None], GONE]

    assert list(find_wrong_of_erased({"version": 2}, told)) == []
