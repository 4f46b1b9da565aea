"""Secrets: what is kept of them on the row, and who is shown them."""

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from jobwire.jobs.decorator import job as job_type
from jobwire.jobs.errors import InvalidInputError
from jobwire.jobs.registry import Registry, collect
from jobwire.jobs.retry import retry
from jobwire.jobs.schedule import schedule
from jobwire.jobs.schedule_request import ScheduleRequest
from jobwire.jobs.secrets import JobSecret, hidden_parts
from jobwire.jobs.trigger_job import trigger_job
from jobwire.jobs.viewer import Scope, Viewer, trusted
from jobwire.models.database import Database
from tests.clock import FakeClock
from tests.factories import build_run_job

MARK = "4111-1111-1111-1111"
DATA, RESULT = JobSecret
ADMIN = trusted("admin")
USER = Viewer("user-1", frozenset(Scope) - {Scope.ADMIN})


class Card(BaseModel):
    kind: Literal["card"]
    number: str = Field(pattern=r"^\d+$")


class Voucher(BaseModel):
    kind: Literal["voucher"]


@job_type("pay", secret_data=True)
async def pay(data: dict[str, Card] | Card | Voucher) -> None: ...


TASK = trigger_job("task", data=Card, secret_result=True)


@pytest.fixture
def registry() -> Registry:
    return Registry([*collect(pay), TASK])


@pytest.mark.parametrize(
    ("row", "type", "hidden"),
    [
        ({}, "another", ()),
        ({"secret_data": True}, "another", (DATA,)),
        ({"secret_data": True, "secret_result": True}, "another", (DATA, RESULT)),
        ({}, "pay", (DATA,)),
        ({"secret_result": True}, "pay", (DATA, RESULT)),
        ({"secret_data": True}, "task", (DATA, RESULT)),
    ],
)
def test_the_row_and_the_type_say_what_others_than_admins_may_not_read(
    registry: Registry, row: dict[str, Any], type: str, hidden: tuple[JobSecret, ...]
) -> None:
    job = build_run_job(type=type, **row)

    assert hidden_parts(job, USER, registry) == hidden
    assert hidden_parts(job, ADMIN, registry) == ()


@pytest.mark.parametrize(
    ("type", "asked", "kept"),
    [
        ("pay", {}, (True, False)),
        ("pay", {"secret_result": True}, (True, True)),
        ("task", {}, (False, True)),
    ],
)
async def test_it_is_kept_on_the_row_and_by_its_retry(
    database: Database,
    clock: FakeClock,
    registry: Registry,
    type: str,
    asked: dict[str, bool],
    kept: tuple[bool, bool],
) -> None:
    data = {"kind": "card", "number": "7"}
    common: dict[str, Any] = {"viewer": USER, "now": clock.now()}
    async with database.transaction() as connection:
        scheduled = await schedule(
            connection,
            ScheduleRequest(type=type, tag="t", data=data, **asked),
            registry=registry,
            **common,
        )
        job = scheduled.job
        await connection.execute(
            """UPDATE worker_jobs SET status = 'CANCELED', finished = now(),
                      cancel_outcome = 'NEVER_STARTED', version = 2
                WHERE id = $1""",
            job.id,
        )
        await connection.execute(
            """INSERT INTO job_events (job_id, user_id, version, kind, from_status,
                                       to_status, source, occurred_at, changes)
               SELECT id, user_id, 2, 'CANCELED', 'QUEUED', status, 'API', now(),
                      to_jsonb(j) - 'data' FROM worker_jobs j"""
        )
        again = await retry(connection, job.id, registry=None, **common)

    for one in (job, again):
        assert (one.secret_data, one.secret_result) == kept


def _misfits() -> Iterator[tuple[Any, str, tuple[str, ...]]]:
    yield {"kind": MARK}, "literal_error", ("data",)
    yield {"kind": "card", "number": MARK}, "string_pattern_mismatch", ("data",)
    yield {MARK: {"kind": "card", "number": "7", "x": MARK}, "y": MARK}, "type", ()


@pytest.mark.parametrize(("data", "word", "path"), list(_misfits()))
def test_a_refusal_names_members_of_the_schema_and_no_value(
    registry: Registry, data: Any, word: str, path: tuple[str, ...]
) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        registry.get("pay").encode_data(data)

    assert word in refusal.value.message
    assert MARK not in f"{refusal.value.message} {refusal.value.path}"
    assert refusal.value.path is not None
    assert refusal.value.path[: len(path)] == path


def test_of_data_that_are_not_secret_the_reason_is_told() -> None:
    with pytest.raises(InvalidInputError) as refusal:
        TASK.encode_data({"kind": "card", "number": MARK})

    assert refusal.value.path == ("data", "number")
    assert "should match pattern" in refusal.value.message
