"""Canceling many at once: what happens to each is what `cancelJob` does to one."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from jobwire.jobs.cancel import cancel
from jobwire.jobs.job import Event, Job
from jobwire.jobs.lifecycle import TERMINAL, decide_cancel
from jobwire.jobs.queries import Window, read_event_page, read_jobs
from jobwire.jobs.transitions.cancel import cancel_all
from jobwire.jobs.viewer import Viewer, trusted
from jobwire.models.database import Connection, Database
from jobwire.models.vocabulary import CancelMode, DispatchState, JobStatus
from tests.clock import FakeClock
from tests.factories import insert_job

WHO = Viewer("user-1", frozenset())
GRACE = timedelta(seconds=5)
OPEN = [status for status in JobStatus if status not in TERMINAL]
_runs = count()


def _places() -> Iterator[dict[str, Any]]:
    """Where jobs can be: with every status and, on Trigger.dev, every dispatch."""
    for status in JobStatus:
        if status is not JobStatus.WAITING:
            yield {"status": status}
        if status is not JobStatus.RETRYING:
            yield from (
                {"status": status, "executor": "trigger", "dispatch_state": state.value}
                for state in DispatchState
            )


def _wishes(status: JobStatus, clock: FakeClock) -> Iterator[dict[str, Any]]:
    """What may have been asked of a job before: nothing, or a cancel of each mode."""
    yield {}
    if status in OPEN:
        for mode in CancelMode:
            yield {
                "cancel_outcome": "PENDING",
                "cancel_mode": mode.value,
                "cancel_requested_at": clock.now(),
                "cancel_requested_by": "user-9",
                "cancel_reason": "before",
                "cancel_grace_until": clock.now() + timedelta(seconds=30),
            }


async def _twin(connection: Connection, clock: FakeClock, **columns: Any) -> Job:
    if columns.get("dispatch_state") == DispatchState.LINKED:
        columns["trigger_run_id"] = f"run_{next(_runs)}"
    return await insert_job(connection, now=clock.now(), **columns)


def _comparable(job: Job, events: list[Event]) -> tuple[Any, ...]:
    """Return what must be equal, whichever form wrote it."""
    blank = replace(job, id=UUID(int=0), trigger_run_id=None, created_at=job.updated_at)
    return blank, [
        (
            *(event.kind, event.version, event.from_status, event.to_status),
            *(event.attempt, event.source, event.actor),
            *(event.occurred_at, event.recorded_at),
            *(json.loads(event.changes), json.loads(event.detail or "null")),
        )
        for event in events
        if event.version > 1
    ]


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        (CancelMode.GRACEFUL, "enough"),
        (CancelMode.FORCE, "enough"),
        (CancelMode.FORCE, None),
    ],
)
async def test_the_set_form_writes_what_the_row_form_writes(
    database: Database, clock: FakeClock, mode: CancelMode, reason: str | None
) -> None:
    async with database.transaction() as connection:
        pairs = [
            (
                await _twin(connection, clock, **place, **wish),
                await _twin(connection, clock, **place, **wish),
            )
            for place in _places()
            for wish in _wishes(place["status"], clock)
        ]
    now = clock.advance(1)
    singly = {}
    async with database.transaction() as connection:
        for one, _ in pairs:
            result = await cancel(
                connection,
                one.id,
                viewer=WHO,
                now=now,
                mode=mode,
                grace_period=GRACE,
                reason=reason,
            )
            singly[one.id] = result.job.version > one.version

    async with database.connection() as connection:
        at_once = await cancel_all(
            connection,
            [other.id for _, other in pairs],
            actor=WHO.user_id,
            mode=mode,
            grace_until=now + GRACE,
            reason=reason,
            now=now,
        )
        ids = [job.id for pair in pairs for job in pair]
        read, _ = await read_jobs(connection, trusted("test"), ids)
        after = {job.id: job for job in read}
        for one, other in pairs:
            assert at_once[other.id] is singly[one.id]
            told = []
            for job in (one, other):
                page = await read_event_page(connection, job.id, Window(first=9))
                told.append(_comparable(after[job.id], page.items))
            assert told[0] == told[1]
            decision = decide_cancel(
                other.job_status,
                has_started=other.started is not None,
                is_dispatched=other.dispatch_state != DispatchState.NONE,
            )
            assert at_once[other.id] <= (decision is not None)
            if decision is not None and other.cancel_outcome is None:
                found = after[other.id]
                assert found.cancel_outcome == decision.outcome
                assert found.status == (decision.status or other.status)
    assert len(pairs) > 50
    assert len(set(singly.values())) == 2


async def test_jobs_that_somebody_holds_are_left_alone_and_nobody_waits(
    database: Database, clock: FakeClock, make_job
) -> None:
    held, free = await make_job(), await make_job()

    async with database.transaction() as other, database.connection() as connection:
        await other.execute("SELECT FROM worker_jobs WHERE id = $1 FOR UPDATE", held.id)
        changed = await cancel_all(
            connection,
            [held.id, free.id, UUID(int=1)],
            actor="user-1",
            mode=CancelMode.GRACEFUL,
            grace_until=clock.now(),
            reason=None,
            now=clock.now(),
        )

    assert changed == {free.id: True}
