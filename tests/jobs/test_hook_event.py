"""Hook events: what they say, and what is none."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from jobwire.jobs.errors import InvalidInputError
from jobwire.jobs.failure import MAX_MESSAGE_BYTES, Failure
from jobwire.jobs.hook_event import TYPES, HookEvent, job_id_of
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.logs.line import Line
from jobwire.jobs.observation import Observation, Rank
from jobwire.models.vocabulary import FailureKind, JobStatus, LogLevel, SignalSource
from tests.factories import RUN_ID
from tests.jobs.posted import event

OCCURRED = datetime(2026, 1, 2, 3, 1, tzinfo=UTC)
STARTED = datetime(2026, 1, 2, 3, 0, 5, tzinfo=UTC)
JOB_ID = UUID("01910000-0000-7000-8000-000000000001")


def said(type: str, **given: Any) -> Observation:
    return HookEvent.read(event(type, **given)).observation()


def test_a_start_is_testimony_of_its_attempt() -> None:
    assert said("RUN_STARTED", run={"attempt": 2}) == Observation(
        run_id=RUN_ID,
        source=SignalSource.WEBHOOK,
        rank=Rank.TESTIMONY,
        word="RUN_STARTED",
        status=JobStatus.RUNNING,
        attempt=2,
        occurred_at=OCCURRED,
        started_at=STARTED,
    )


@pytest.mark.parametrize(
    ("type", "status", "is_terminal"),
    [
        ("RUN_STARTED", JobStatus.RUNNING, False),
        ("RUN_PROGRESS", JobStatus.RUNNING, False),
        ("RUN_COMPLETED", JobStatus.SUCCEEDED, True),
        ("RUN_FAILED", JobStatus.FAILED, True),
        ("RUN_CANCELED", JobStatus.CANCELED, True),
    ],
)
def test_each_type_means_a_status(
    type: str, status: JobStatus, *, is_terminal: bool
) -> None:
    read = HookEvent.read(event(type))

    assert read.observation().status is status
    assert read.is_terminal is is_terminal
    assert type in TYPES


def test_an_end_without_its_time_came_when_it_happened() -> None:
    assert said("RUN_COMPLETED").finished_at == OCCURRED
    finished = said("RUN_COMPLETED", run={"finishedAt": "2026-01-02T03:00:59Z"})
    assert finished.finished_at == OCCURRED.replace(minute=0, second=59)


def test_times_are_told_in_utc() -> None:
    read = said("RUN_STARTED", occurredAt="2026-01-02T05:01:00+02:00")

    assert read.occurred_at == OCCURRED
    assert read.occurred_at.tzinfo is UTC


def test_the_output_of_a_completed_run_is_its_json() -> None:
    done = said("RUN_COMPLETED", output={"rows": [1, None]})

    assert json.loads(done.output or "") == {"rows": [1, None]}
    assert said("RUN_STARTED", output=1).output is None


def test_an_output_that_cannot_be_stored_is_left_to_trigger_dev() -> None:
    assert said("RUN_COMPLETED", output="a\0b").output is None


def test_a_failure_is_kept_within_bounds() -> None:
    failed = said(
        "RUN_FAILED",
        error={"name": "TypeError", "message": "x" * 9000, "stackTrace": "at line 1"},
    )

    assert failed.failure is not None
    assert failed.failure.kind is FailureKind.TASK_ERROR
    assert len(failed.failure.message.encode()) == MAX_MESSAGE_BYTES
    assert (failed.failure.name, failed.failure.stack) == ("TypeError", "at line 1")


@pytest.mark.parametrize("error", [None, {}, {"message": ""}], ids=str)
def test_a_failure_without_a_reason_is_one_all_the_same(error: Any) -> None:
    assert said("RUN_FAILED", error=error).failure == Failure(
        FailureKind.TASK_ERROR, "The task failed."
    )


def test_progress_has_the_members_of_every_progress() -> None:
    report = said("RUN_PROGRESS", progress={"fraction": 0.5, "message": "a\0b"})

    assert json.loads(report.progress or "") == {
        "fraction": 0.5,
        "message": "a\ufffdb",
        "current": None,
        "total": None,
        "updatedAt": "2026-01-02T03:01:00.000+00:00",
    }
    assert said("RUN_PROGRESS").progress is None


def test_what_a_newer_sender_adds_is_ignored() -> None:
    assert said("RUN_STARTED", more=1, run={"machine": "large"}).attempt == 1


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"id": ""}, "id"),
        ({"id": "x" * 256}, "id"),
        ({"id": "a\0b"}, "id"),
        ({"occurredAt": "yesterday"}, "occurredAt"),
        ({"occurredAt": "2026-01-02T03:01:00"}, "occurredAt"),
        ({"occurredAt": "9999-12-31T23:59:59-14:00"}, "occurredAt"),
        ({"run": {"id": None}}, "run.id"),
        ({"run": {"attempt": 0}}, "run.attempt"),
        ({"run": {"attempt": "first"}}, "run.attempt"),
        ({"run": {"startedAt": "0001-01-01T00:00:00+14:00"}}, "run.startedAt"),
        ({"run": {"tags": "job:x"}}, "run.tags"),
        ({"error": "no"}, "error"),
        ({"progress": {"fraction": 1.5}}, "progress.fraction"),
        ({"progress": {"message": "x" * 1001}}, "progress.message"),
    ],
    ids=str,
)
def test_a_fault_is_named_with_its_place(change: Any, where: str) -> None:
    with pytest.raises(InvalidInputError, match=rf"cannot be read: {where}: "):
        HookEvent.read(event(**change))


def test_the_first_of_all_instants_is_read_as_the_next_one() -> None:
    read = HookEvent.read(event(run={"startedAt": "0001-01-01T00:00:00Z"}))

    assert read.run.started_at == datetime(1, 1, 1, microsecond=1, tzinfo=UTC)


def test_what_is_no_object_is_no_event() -> None:
    with pytest.raises(InvalidInputError, match="the event: "):
        HookEvent.read([])


def test_at_most_five_faults_are_named() -> None:
    with pytest.raises(InvalidInputError) as refusal:
        HookEvent.read({"run": {}})

    assert refusal.value.message.count(";") == 4


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ([], None),
        (["tag:mine", "jobwire:1"], None),
        (["tag:mine", f"job:{job_id_text(JOB_ID)}"], JOB_ID),
        ([f"job:{JOB_ID}"], JOB_ID),
        (["job:nonsense", f"job:{job_id_text(JOB_ID)}"], JOB_ID),
        (["job:"], None),
    ],
    ids=str,
)
def test_the_tags_of_a_run_name_its_job(tags: list[str], found: UUID | None) -> None:
    assert job_id_of(tags) == found
    assert HookEvent.read(event(run={"tags": tags})).job_id == found


LINE = {"at": "2026-01-02T04:00:59+01:00", "level": "WARN", "message": "row 7"}


def test_lines_come_with_progress_and_are_cut_like_those_of_our_workers() -> None:
    long = {**LINE, "message": "a\0" + "x" * 5000, "fields": {"big": "y" * 5000}}
    logs = [{**LINE, "fields": {"row": 7}}, long, {**LINE, "dropped": 3}]

    first, second, third = said("RUN_PROGRESS", logs=logs).lines

    at = OCCURRED.replace(minute=0, second=59)
    assert first == Line(at, LogLevel.WARN, "row 7", '{"row":7}')
    assert len(second.message.encode()) <= 4000
    assert second.message.startswith("a\ufffdx")
    assert second.message.endswith("x…")
    assert (second.fields or "").endswith('y…"}')
    assert (third.fields, third.dropped) == (None, 3)


def test_the_lines_of_an_end_do_not_count_for_it_may_be_looked_at_twice() -> None:
    assert said("RUN_COMPLETED", logs=[LINE]).lines == ()


@pytest.mark.parametrize(
    ("logs", "reason"),
    [
        ([{**LINE, "level": "FATAL"}], "logs.0.level"),
        ([{**LINE, "at": "2026-01-02T03:00:59"}], "logs.0.at"),
        ([{**LINE, "fields": ["x"]}], "logs.0.fields"),
        ([{**LINE, "dropped": 0}], "logs.0.dropped"),
        ([LINE] * 1001, "logs: Tuple should have at most 1000 items"),
    ],
)
def test_lines_that_are_none_are_refused(logs: Any, reason: str) -> None:
    with pytest.raises(InvalidInputError, match=reason):
        HookEvent.read(event("RUN_PROGRESS", logs=logs))
