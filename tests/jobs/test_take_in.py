"""Taking in many events at once is taking them in one after the other."""

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from random import Random
from typing import Any

import pytest

from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.job import Job
from jobwire.jobs.long_json import LEFT_OUT
from jobwire.jobs.posted import Posted, read_event
from jobwire.jobs.transitions import row
from jobwire.jobs.transitions.erase import erase
from jobwire.jobs.webhook import Receipt, Received, take_in
from jobwire.models.database import Connection, Database
from tests.blocked import blocked
from tests.clock import FakeClock
from tests.factories import RUN_ID
from tests.jobs.conftest import MakeJob
from tests.jobs.posted import alert, body_of, event
from tests.jobs.snapshot import Snapshot, snapshot

TYPES = ("RUN_STARTED", "RUN_PROGRESS", "RUN_COMPLETED", "RUN_FAILED", "RUN_CANCELED")
#: Runs of no job of ours, the last one of a task that a schedule triggers.
STRANGERS = ("run_strange", "run_scheduled")
SCHEDULED_TASK = "task-of-a-schedule"


def read(*events: dict[str, Any]) -> list[Posted]:
    """Read events as the route does once their signatures were checked."""
    read = [read_event(body_of(one)) for one in events]
    assert all(isinstance(one, Posted) for one in read)
    return [one for one in read if isinstance(one, Posted)]


@pytest.fixture
def post_all(database: Database, clock: FakeClock):
    async def post_all(*events: dict[str, Any]) -> list[Receipt]:
        async with database.transaction() as connection:
            received = await take_in(connection, read(*events), now=clock.now())
        return [one.receipt for one in received]

    return post_all


async def deliveries(connection: Connection) -> list[tuple[Any, ...]]:
    rows = await connection.fetch(
        "SELECT event_id, deliveries, handled_at IS NOT NULL, body::text <> '{}'"
        " FROM webhook_deliveries ORDER BY event_id"
    )
    return [tuple(one) for one in rows]


async def make_jobs(make_run_job: MakeJob, clock: FakeClock) -> list[Job]:
    """Make jobs of every kind that events can be about."""
    given: list[dict[str, Any]] = [
        {},
        {"status": "RUNNING"},
        {"status": "RUNNING", "attempts": 2},
        {"status": "RUNNING", "attempts": 2, "dispatch_number": 2},
        {"status": "RUNNING", "attention": ["DRIFTED", "ORPHAN_SUSPECT"]},
        {
            "status": "RUNNING",
            "trigger_observed_at": clock.now() + timedelta(seconds=1),
        },
        {
            "status": "RUNNING",
            "cancel_outcome": "PENDING",
            "cancel_requested_at": clock.now(),
        },
        {"status": "WAITING"},
        {"status": "SUCCEEDED"},
        {"status": "FAILED"},
    ]
    linked = [
        await make_run_job(trigger_run_id=f"run_{number}", **columns)
        for number, columns in enumerate(given)
    ]
    states = ("sending", "unknown", "none")
    return linked + [await make_run_job(state) for state in states]


def random_event(random: Random, jobs: Sequence[Job], number: int) -> dict[str, Any]:
    """Make an event of any run, with the tags of its job, of another, or of none."""
    job = random.choice(jobs)
    runs = [job.trigger_run_id] if job.trigger_run_id else ["run_new", *STRANGERS]
    run = {"id": random.choice(runs), "attempt": random.randint(1, 3)}
    if random.random() < 0.7:
        named = job if random.random() < 0.8 else random.choice(jobs)
        run["tags"] = [f"job:{job_id_text(named.id)}"]
    if run["id"] == STRANGERS[-1]:
        run["taskIdentifier"] = SCHEDULED_TASK
    at = f"2026-01-02T03:01:{random.randint(10, 59)}.000Z"
    if random.random() < 0.1:
        told = {name: run[name] for name in run if name in ("id", "tags")}
        return alert(**told) | {"id": f"alert-{number}"}
    kind = random.choice([*TYPES, "RUN_PROGRESS", "RUN_PROGRESS"])
    more: dict[str, Any] = {}
    if kind == "RUN_PROGRESS":
        more["progress"] = {"fraction": random.random()}
        more["logs"] = [
            {"at": at, "level": "INFO", "message": f"{number}: {line}"}
            for line in range(random.choice([0, 0, 1, 2]))
        ]
    return event(kind, id=f"event-{number}", run=run, occurredAt=at, **more)


async def add_schedule(connection: Connection, *, task: str, now: datetime) -> None:
    """Make a schedule on Trigger.dev that triggers a task."""
    await connection.execute(
        """INSERT INTO job_schedules (id, key, tag, type, user_id, executor, cron,
                                      created_at, updated_at, trigger_task_id,
                                      trigger_schedule_id)
           VALUES (gen_random_uuid(), 'key', 'tag', 'type', 'user-1', 'trigger',
                   '0 * * * *', $1, $1, $2, 'sched_1')""",
        now,
        task,
    )


@pytest.mark.parametrize("seed", range(40))
async def test_a_batch_leaves_what_its_events_leave_one_by_one(
    connection: Connection, make_run_job: MakeJob, clock: FakeClock, seed: int
) -> None:
    random = Random(seed)  # noqa: S311 - it guards nothing
    jobs = await make_jobs(make_run_job, clock)
    deleted = await make_run_job(status="SUCCEEDED", trigger_run_id="run_deleted")
    await erase(connection, deleted.id, actor="user-1", now=clock.now())
    await add_schedule(connection, task=SCHEDULED_TASK, now=clock.now())
    events = [random_event(random, [*jobs, deleted], number) for number in range(40)]
    events += random.choices(events, k=10)
    random.shuffle(events)
    posted = read(*events)

    ends: list[tuple[list[Received], Snapshot]] = []
    for size in (1, random.randint(2, 10), len(posted)):
        transaction = connection.transaction()
        await transaction.start()
        received: list[Received] = []
        for place in range(0, len(posted), size):
            some = posted[place : place + size]
            received += await take_in(connection, some, now=clock.now())
        ends.append((received, await snapshot(connection)))
        await transaction.rollback()

    one_by_one, *batches = ends
    assert batches == [one_by_one, one_by_one]
    assert {one.receipt for one in one_by_one[0]} == {*Receipt}


async def test_no_events_are_taken_in_as_nothing(post_all) -> None:
    assert await post_all() == []


async def test_an_event_that_comes_twice_in_a_batch_is_stored_once(
    post_all, make_run_job: MakeJob, connection: Connection
) -> None:
    await make_run_job()
    start = event("RUN_STARTED")

    receipts = await post_all(start, event("RUN_PROGRESS"), start)
    again = await post_all(start, start)

    assert receipts == [Receipt.APPLIED, Receipt.LATE, Receipt.DUPLICATE]
    assert again == [Receipt.DUPLICATE, Receipt.DUPLICATE]
    assert await deliveries(connection) == [
        ("event-of-RUN_PROGRESS", 1, True, True),
        ("event-of-RUN_STARTED", 4, True, True),
    ]
    counted = await connection.fetch("SELECT word, count FROM job_observations")
    assert {tuple(one) for one in counted} == {("RUN_STARTED", 1), ("RUN_PROGRESS", 1)}


async def test_an_alert_and_a_hook_of_one_id_are_two_events(
    post_all, make_run_job: MakeJob, connection: Connection
) -> None:
    await make_run_job(status="RUNNING")
    posted = (alert() | {"id": "same"}, event("RUN_COMPLETED", id="same"))

    assert await post_all(*posted) == [Receipt.ACCEPTED, Receipt.ACCEPTED]
    assert len(await deliveries(connection)) == 2


async def test_a_deleted_job_in_a_batch_loses_what_is_told_of_it_alone(
    post_all, make_run_job: MakeJob, connection: Connection, clock: FakeClock
) -> None:
    await make_run_job(trigger_run_id="run_open")
    gone = await make_run_job(status="SUCCEEDED", trigger_run_id="run_gone")
    await erase(connection, gone.id, actor="user-1", now=clock.now())

    receipts = await post_all(
        event("RUN_STARTED", id="1-gone", run={"id": "run_gone"}),
        event("RUN_STARTED", id="2-open", run={"id": "run_open"}),
    )

    assert receipts == [Receipt.IGNORED, Receipt.APPLIED]
    assert await deliveries(connection) == [
        ("1-gone", 1, True, False),
        ("2-open", 1, True, True),
    ]


async def test_events_of_many_runs_take_as_many_statements_as_those_of_two(
    database: Database, make_run_job: MakeJob, clock: FakeClock
) -> None:
    runs = [f"run_{number}" for number in range(12)]
    for run in runs:
        await make_run_job(trigger_run_id=run)
    starts = [event(id=f"of-{run}", run={"id": run}) for run in runs]
    asked: list[int] = []
    async with database.transaction() as connection:
        # The first time the driver has questions of its own.
        for some in (starts[:1], starts[1:3], starts[3:]):
            queries: list[str] = []
            with connection.query_logger(lambda one, to=queries: to.append(one.query)):
                await take_in(connection, read(*some), now=clock.now())
            asked.append(len(queries))

    _, of_two, of_many = asked
    assert of_two == of_many > 0


# Who waits for whom.


async def test_jobs_are_locked_in_the_order_of_their_ids(
    database: Database, connection: Connection, make_run_job: MakeJob, post_all
) -> None:
    jobs = [await make_run_job(trigger_run_id=f"run_{number}") for number in (1, 2)]
    first, second = sorted(jobs, key=attrgetter("id"))
    runs = [second.trigger_run_id, first.trigger_run_id]
    starts = [event(id=run, run={"id": run}) for run in runs]
    async with database.transaction() as own, asyncio.timeout(30):
        assert await row.lock(own, first.id, viewer=None)
        posting = asyncio.create_task(post_all(*starts))
        await blocked(connection)

        # Whoever holds the first one can go on to the second.
        assert await row.lock(own, second.id, viewer=None)

    assert await posting == [Receipt.APPLIED, Receipt.APPLIED]


async def test_deliveries_are_stored_in_the_order_of_their_ids(
    database: Database, connection: Connection, post_all, clock: FakeClock
) -> None:
    first, second = (event(id=id, run={"id": "run_strange"}) for id in ("1", "2"))
    async with database.transaction() as own, asyncio.timeout(30):
        await take_in(own, read(first), now=clock.now())
        posting = asyncio.create_task(post_all(second, first))
        await blocked(connection)

        [received] = await take_in(own, read(second), now=clock.now())
        assert received.receipt is Receipt.IGNORED

    assert await posting == [Receipt.DUPLICATE, Receipt.DUPLICATE]


async def test_whoever_works_on_a_delivery_is_not_kept_from_it_by_a_batch(
    database: Database, connection: Connection, make_run_job: MakeJob, post_all
) -> None:
    job = await make_run_job(status="RUNNING")
    end = event("RUN_COMPLETED")
    assert await post_all(end) == [Receipt.ACCEPTED]
    async with database.transaction() as own, asyncio.timeout(30):
        assert await row.lock(own, job.id, viewer=None)
        posting = asyncio.create_task(post_all(end, event("RUN_PROGRESS")))
        await blocked(connection)

        await own.execute("UPDATE webhook_deliveries SET handled_at = received_at")

    assert await posting == [Receipt.DUPLICATE, Receipt.LATE]


async def test_batches_of_the_same_events_in_any_order_wait_for_each_other(
    database: Database, make_run_job: MakeJob, clock: FakeClock
) -> None:
    runs = [f"run_{number}" for number in range(8)]
    for run in runs:
        await make_run_job(trigger_run_id=run)
    random = Random(7)  # noqa: S311 - it guards nothing

    async def take(posted: list[Posted]) -> list[Received]:
        async with database.transaction() as connection:
            return await take_in(connection, posted, now=clock.now())

    for turn in range(20):
        posted = read(
            *(event(id=f"{turn}-{run}", run={"id": run}) for run in runs),
            *(event(id=f"{turn}-{id}", run={"id": "run_strange"}) for id in "abcd"),
        )
        batches = [random.sample(posted, k=len(posted)) for _ in range(4)]
        received = await asyncio.gather(*map(take, batches))
        new = [
            one
            for some in received
            for one in some
            if one.receipt is not Receipt.DUPLICATE
        ]
        assert len(new) == len(posted)


async def test_however_long_the_data_of_a_job_are_no_event_reads_them(
    make_run_job: MakeJob, connection: Connection, database: Database, post_all
) -> None:
    data = "x" * 100_000
    job = await make_run_job(data=data)

    async with database.transaction() as holder:
        [about] = await row.lock_about(holder, [RUN_ID], [job.id])
        by_run = await row.lock_by_run(holder, RUN_ID)
    receipts = await post_all(
        event("RUN_STARTED"), event("RUN_PROGRESS", progress={"current": 3})
    )

    assert by_run is not None
    assert [about.data, by_run.data] == [LEFT_OUT, LEFT_OUT]
    assert receipts == [Receipt.APPLIED, Receipt.APPLIED]
    kept = await connection.fetchrow("SELECT data::text, status FROM worker_jobs")
    assert tuple(kept) == (json.dumps(data), "RUNNING")
