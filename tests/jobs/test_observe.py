"""Observing: the row, its event, its attempts and the count of what was said."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from jobwire.jobs.failure import Failure, cut, cut_stack
from jobwire.jobs.fold import STOP_DEADLINE
from jobwire.jobs.job import JOB_COLUMNS, Job
from jobwire.jobs.lifecycle import TERMINAL
from jobwire.jobs.observation import Observation
from jobwire.jobs.observe import Observed, observe, observe_each
from jobwire.jobs.sync_paths import SyncPath
from jobwire.jobs.transitions import row
from jobwire.models.database import Connection, Database
from jobwire.models.vocabulary import FailureKind, JobStatus
from tests.clock import FakeClock
from tests.factories import RUN_ID
from tests.jobs.conftest import MakeJob
from tests.jobs.said import (
    FINISHED,
    HOOKS,
    NOW,
    STARTED,
    WORDS,
    hook,
    progress,
    verdict,
)
from tests.jobs.snapshot import snapshot


@pytest.fixture
def say(database: Database, clock: FakeClock):
    async def say(said: Observation, **options: Any) -> Observed | None:
        async with database.transaction() as connection:
            return await observe(connection, said, now=clock.now(), **options)

    return say


async def _events(connection: Connection) -> list[dict[str, Any]]:
    records = await connection.fetch(
        "SELECT *, changes::text AS changes FROM job_events ORDER BY job_id, version"
    )
    return [
        dict(record) | {"changes": json.loads(record["changes"])} for record in records
    ]


async def _attempts(connection: Connection) -> list[tuple[Any, ...]]:
    return [
        tuple(record)
        for record in await connection.fetch(
            "SELECT number, status, started_at, finished_at, failure_kind"
            " FROM job_attempts ORDER BY number"
        )
    ]


async def _counts(connection: Connection) -> list[tuple[Any, ...]]:
    return [
        tuple(record)
        for record in await connection.fetch(
            "SELECT source, attempt, word, count, applied FROM job_observations"
            " ORDER BY first_at, word"
        )
    ]


async def test_a_run_that_no_job_has_is_told_to_nobody(
    say, make_run_job: MakeJob, connection: Connection
) -> None:
    await make_run_job()

    assert await say(verdict(JobStatus.RUNNING, run_id="run_other")) is None
    assert await _counts(connection) == []


async def test_a_change_is_one_version_with_one_event(
    say, make_run_job: MakeJob, connection: Connection, clock: FakeClock
) -> None:
    job = await make_run_job()

    observed = await say(verdict(JobStatus.RUNNING))

    assert observed.applied
    assert (observed.job.status, observed.job.version) == ("RUNNING", 2)
    assert observed.job.next_attempt_at is None
    _, event = await _events(connection)
    assert (event["kind"], event["version"]) == ("STARTED", 2)
    assert (event["from_status"], event["to_status"]) == ("QUEUED", "RUNNING")
    assert (event["source"], event["actor"]) == ("RECONCILER", None)
    assert event["attempt"] == 1
    assert event["occurred_at"] == NOW
    assert event["recorded_at"] == clock.now() == observed.job.updated_at
    assert event["changes"] == {
        "status": "RUNNING",
        "attempts": 1,
        "started": STARTED.isoformat(),
        "next_attempt_at": None,
        "trigger_status": "EXECUTING",
    }
    assert event["job_id"] == job.id


@pytest.mark.parametrize(
    ("before", "said", "kind"),
    [
        ("QUEUED", JobStatus.WAITING, "WAITING"),
        ("RUNNING", JobStatus.WAITING, "WAITING"),
        ("WAITING", JobStatus.RUNNING, "RESUMED"),
        ("RUNNING", JobStatus.SUCCEEDED, "SUCCEEDED"),
        ("RUNNING", JobStatus.FAILED, "FAILED"),
        ("RUNNING", JobStatus.CANCELED, "CANCELED"),
        ("QUEUED", JobStatus.EXPIRED, "EXPIRED"),
    ],
)
async def test_an_event_tells_what_happened_to_the_run(
    say,
    make_run_job: MakeJob,
    connection: Connection,
    before: str,
    said: JobStatus,
    kind: str,
) -> None:
    await make_run_job(status=before)

    await say(verdict(said))

    event = (await _events(connection))[-1]
    assert (event["kind"], event["from_status"]) == (kind, before)
    assert event["to_status"] == said


async def test_what_comes_late_is_only_counted(
    say, make_run_job: MakeJob, connection: Connection
) -> None:
    job = await make_run_job(status="SUCCEEDED")

    observed = await say(verdict(JobStatus.RUNNING))

    assert observed == Observed(job, applied=False)
    assert len(await _events(connection)) == 1
    assert await _counts(connection) == [("RECONCILER", 1, "EXECUTING", 1, False)]


async def test_each_word_of_each_path_and_attempt_has_its_count(
    say, make_run_job: MakeJob, connection: Connection, clock: FakeClock
) -> None:
    await make_run_job()

    for said in (
        hook(JobStatus.RUNNING),
        hook(JobStatus.RUNNING),
        verdict(JobStatus.RUNNING),
        hook(JobStatus.RUNNING, attempt=2),
    ):
        clock.advance(1)
        await say(said)

    assert await _counts(connection) == [
        ("WEBHOOK", 1, "RUN_STARTED", 2, True),
        ("RECONCILER", 1, "EXECUTING", 1, False),
        ("WEBHOOK", 2, "RUN_STARTED", 1, True),
    ]
    first, last = await connection.fetchrow(
        "SELECT first_at, last_at FROM job_observations WHERE count = 2"
    )
    assert last - first == timedelta(seconds=1)


async def test_what_came_with_an_observation_is_kept_until_more_comes(
    say, make_run_job: MakeJob, connection: Connection
) -> None:
    await make_run_job()

    await say(verdict(JobStatus.SUCCEEDED), detail='{"outputNotStored": "too large"}')
    await say(verdict(JobStatus.SUCCEEDED))

    detail = await connection.fetchval("SELECT detail::text FROM job_observations")
    assert json.loads(detail) == {"outputNotStored": "too large"}


async def test_hearing_of_an_open_run_makes_no_version(
    say, make_run_job: MakeJob, connection: Connection, clock: FakeClock
) -> None:
    await make_run_job(status="RUNNING", trigger_status="EXECUTING")

    for _ in range(2):
        clock.advance(10)
        await say(verdict(JobStatus.RUNNING))

    row = await connection.fetchrow(
        "SELECT version, trigger_observed_at FROM worker_jobs"
    )
    assert tuple(row) == (1, clock.now())


async def test_an_older_look_does_not_make_a_row_look_older(
    say, make_run_job: MakeJob, connection: Connection, clock: FakeClock
) -> None:
    fresh = clock.now() + timedelta(minutes=1)
    await make_run_job(
        status="RUNNING", trigger_status="EXECUTING", trigger_observed_at=fresh
    )

    await say(verdict(JobStatus.RUNNING))

    seen = await connection.fetchval("SELECT trigger_observed_at FROM worker_jobs")
    assert seen == fresh


async def test_attempts_are_written_as_they_are_told_of(
    say, make_run_job: MakeJob, connection: Connection
) -> None:
    second = STARTED + timedelta(seconds=20)
    await make_run_job()

    await say(hook(JobStatus.RUNNING))
    await say(hook(JobStatus.RUNNING, attempt=2, occurred_at=second))
    await say(verdict(JobStatus.FAILED, attempt=2))

    assert await _attempts(connection) == [
        (1, "FAILED", STARTED, second, None),
        (2, "FAILED", second, FINISHED, "TASK_ERROR"),
    ]
    [run_id] = {
        record["trigger_run_id"]
        for record in await connection.fetch("SELECT trigger_run_id FROM job_attempts")
    }
    assert run_id == RUN_ID


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (JobStatus.SUCCEEDED, "SUCCEEDED"),
        (JobStatus.FAILED, "FAILED"),
        (JobStatus.CANCELED, "CANCELED"),
    ],
)
async def test_an_attempt_that_is_first_told_of_by_its_end_is_written(
    say, make_run_job: MakeJob, connection: Connection, said: JobStatus, status: str
) -> None:
    await make_run_job()

    await say(verdict(said))

    [attempt] = await _attempts(connection)
    assert attempt[:4] == (1, status, STARTED, FINISHED)


async def test_no_attempt_ends_before_it_began(
    say, make_run_job: MakeJob, connection: Connection
) -> None:
    await make_run_job()

    await say(verdict(JobStatus.SUCCEEDED, attempt=3, occurred_at=NOW))

    assert NOW > FINISHED
    assert await _attempts(connection) == [(3, "SUCCEEDED", FINISHED, FINISHED, None)]


async def test_a_run_that_never_started_has_no_attempt(
    say, make_run_job: MakeJob, connection: Connection
) -> None:
    await make_run_job()

    await say(verdict(JobStatus.EXPIRED))

    assert await _attempts(connection) == []


async def test_the_deadline_of_a_canceled_run_counts_from_the_first_word_of_it(
    say, make_run_job: MakeJob, clock: FakeClock
) -> None:
    await make_run_job(status="RUNNING")
    said = verdict(JobStatus.CANCELED, finished_at=None)

    first = await say(said)
    clock.advance(STOP_DEADLINE - timedelta(seconds=1))
    waiting = await say(said)
    clock.advance(1)
    over = await say(said)

    assert (first.job.status, first.job.cancel_outcome) == ("RUNNING", "PENDING")
    assert waiting.applied is False
    assert (over.job.status, over.job.cancel_outcome) == ("CANCELED", "STOPPED")


async def test_a_hook_that_told_of_a_stop_is_remembered(
    say, make_run_job: MakeJob
) -> None:
    await make_run_job(status="RUNNING")

    told = await say(hook(JobStatus.CANCELED))
    confirmed = await say(verdict(JobStatus.CANCELED, finished_at=None))

    assert told.applied is False
    assert (confirmed.job.status, confirmed.job.cancel_outcome) == (
        "CANCELED",
        "STOPPED",
    )


async def test_testimony_seals_when_it_is_told_to(say, make_run_job: MakeJob) -> None:
    await make_run_job(status="RUNNING")

    observed = await say(hook(JobStatus.SUCCEEDED, output="7"), seals=True)

    assert (observed.job.status, observed.job.result) == ("SUCCEEDED", "7")


ODD = "a\0b\ud83d"


async def test_a_failure_that_postgresql_cannot_store_is_stored_readably(
    say, make_run_job: MakeJob
) -> None:
    failure = Failure(
        FailureKind.TASK_ERROR, cut(ODD, 100), name=cut(ODD, 100), stack=cut_stack(ODD)
    )
    await make_run_job()

    observed = await say(verdict(JobStatus.FAILED, failure=failure))

    error = json.loads(observed.job.result)["error"]
    assert error["message"] == error["name"] == error["stack"] == "a\ufffdb?"


async def test_observations_of_one_run_wait_for_each_other(
    say, make_run_job: MakeJob, connection: Connection
) -> None:
    await make_run_job()

    told = await asyncio.gather(
        *(say(verdict(JobStatus.SUCCEEDED)) for _ in range(5)),
        *(say(hook(JobStatus.RUNNING)) for _ in range(5)),
    )

    assert sum(one.applied and one.job.job_status in TERMINAL for one in told) == 1
    versions = [event["version"] for event in await _events(connection)]
    assert versions == [*range(1, len(versions) + 1)]
    counts = {word: count for _, _, word, count, _ in await _counts(connection)}
    assert counts == {"COMPLETED": 5, "RUN_STARTED": 5}


async def test_progress_makes_a_version(
    say, make_run_job: MakeJob, connection: Connection
) -> None:
    await make_run_job(status="RUNNING")
    said = progress("2026-01-02T03:00:10.000+00:00")

    observed = await say(said)

    assert isinstance(observed.job, Job)
    assert json.loads(observed.job.progress) == json.loads(said.progress)
    event = (await _events(connection))[-1]
    assert event["kind"] == "PROGRESS"
    assert [*event["changes"]] == ["progress"]


SAYS = [*map(verdict, WORDS), *map(hook, HOOKS), progress("2026-01-02T03:01:00")]


@pytest.mark.parametrize("paths", [None, [*SyncPath]], ids=["told", "in a pass"])
async def test_what_is_said_of_several_runs_is_folded_as_one_by_one(
    connection: Connection,
    make_run_job: MakeJob,
    clock: FakeClock,
    paths: list[SyncPath] | None,
) -> None:
    minute = timedelta(minutes=1)
    pending = {"cancel_outcome": "PENDING", "cancel_requested_at": clock.now()}
    given: list[dict[str, Any]] = [
        {},
        {"status": "RUNNING", "trigger_observed_at": clock.now() - minute},
        {"status": "RUNNING", "trigger_observed_at": clock.now() + minute},
        {"status": "RUNNING", "attention": ["DRIFTED", "ORPHAN_SUSPECT"], **pending},
        {"status": "RUNNING", "attempts": 2, "dispatch_number": 2},
        {"status": "WAITING"},
        {"status": "SUCCEEDED"},
    ]
    told = []
    for number, (columns, said) in enumerate(product(given, SAYS)):
        run_id = f"run_{number}"
        await make_run_job(trigger_run_id=run_id, **columns)
        told.append(replace(said, run_id=run_id))

    ends = []
    for at_once in (1, 10, len(told)):
        transaction = connection.transaction()
        await transaction.start()
        observed: list[Observed] = []
        for place in range(0, len(told), at_once):
            some = told[place : place + at_once]
            jobs = [await row.lock_by_run(connection, one.run_id) for one in some]
            pairs = [(job, said) for job, said in zip(jobs, some, strict=True) if job]
            observed += await observe_each(
                connection, pairs, now=clock.now(), paths=paths
            )
        ends.append((observed, await snapshot(connection)))
        await transaction.rollback()

    one_by_one, *batches = ends
    assert batches == [one_by_one, one_by_one]
    assert {one.applied for one in one_by_one[0]} == {True, False}
    assert [one.job.trigger_run_id for one in one_by_one[0]] == [
        one.run_id for one in told
    ]


async def test_a_job_is_returned_as_it_stands(
    say, make_run_job: MakeJob, connection: Connection
) -> None:
    await make_run_job(attention=["ORPHAN_SUSPECT"])

    observed = await say(verdict(JobStatus.SUCCEEDED))

    record = await connection.fetchrow(f"SELECT {JOB_COLUMNS} FROM worker_jobs")
    assert observed.job == Job.from_record(record)
