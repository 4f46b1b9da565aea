"""Reading runs: tolerant of what is missing or new, strict about what is wrong."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobwire.triggerdev import (
    MalformedResponseError,
    RelatedRun,
    RelatedRuns,
    Run,
    RunError,
    RunPage,
    RunSchedule,
    RunStatus,
    RunSummary,
)
from jobwire.triggerdev.runs import read_run, read_run_page

CREATED = datetime(2026, 11, 23, 19, 44, 53, 12_000, UTC)
LEAST: dict[str, Any] = {
    "id": "run_1",
    "taskIdentifier": "boom",
    "status": "QUEUED",
    "createdAt": "2026-11-23T19:44:53.012Z",
    "updatedAt": "2026-11-23T19:44:53.012Z",
}


RELATIVE = RelatedRun(
    id="run_1",
    task_identifier="boom",
    status="QUEUED",
    created_at=CREATED,
    updated_at=CREATED,
)


def test_a_run_is_read_whole() -> None:
    run = read_run(
        {
            **LEAST,
            "idempotencyKey": "idem-1",
            "version": "20261123.1",
            "status": "FAILED",
            "startedAt": "2026-11-23T19:44:53.886Z",
            "finishedAt": "2026-11-23T19:44:57.550Z",
            "delayedUntil": "2026-11-23T19:44:53Z",
            "expiredAt": "2026-11-23T20:44:53+01:00",
            "ttl": "10m",
            "isTest": True,
            "tags": ["org:acme", "user_1"],
            "metadata": {"k": 1},
            "payload": {"x": 1},
            "output": [1],
            "payloadPresignedUrl": "https://store.test/p",
            "outputPresignedUrl": "https://store.test/o",
            "error": {"name": "Error", "message": "boom", "stackTrace": "at run"},
            "attemptCount": 2,
            "schedule": {
                "id": "sched_1",
                "deduplicationKey": "daily",
                "generator": {
                    "type": "CRON",
                    "expression": "0 9 * * *",
                    "description": "At 09:00 AM",
                },
            },
            "batchId": "batch_1",
            "triggerFunction": "batchTrigger",
            "durationMs": 1500,
            "costInCents": 0.01,
            "baseCostInCents": 0.0025,
            "depth": 1,
            "region": "eu-central-1",
            "isCompleted": True,
            "relatedRuns": {"root": LEAST, "parent": LEAST, "children": [LEAST]},
        }
    )

    assert run == Run(
        id="run_1",
        task_identifier="boom",
        status="FAILED",
        idempotency_key="idem-1",
        version="20261123.1",
        is_test=True,
        created_at=CREATED,
        updated_at=CREATED,
        started_at=datetime(2026, 11, 23, 19, 44, 53, 886_000, UTC),
        finished_at=datetime(2026, 11, 23, 19, 44, 57, 550_000, UTC),
        delayed_until=datetime(2026, 11, 23, 19, 44, 53, tzinfo=UTC),
        expired_at=datetime(2026, 11, 23, 19, 44, 53, tzinfo=UTC),
        ttl="10m",
        tags=("org:acme", "user_1"),
        metadata={"k": 1},
        attempt_count=2,
        payload={"x": 1},
        output=[1],
        payload_presigned_url="https://store.test/p",
        output_presigned_url="https://store.test/o",
        error=RunError("boom", "Error", "at run"),
        schedule=RunSchedule("sched_1", None, "daily", "0 9 * * *", "At 09:00 AM"),
        related=RelatedRuns(RELATIVE, RELATIVE, (RELATIVE,)),
        trigger_function="batchTrigger",
        duration=timedelta(seconds=1.5),
        cost_in_cents=0.01,
        base_cost_in_cents=0.0025,
        depth=1,
        region="eu-central-1",
        batch_id="batch_1",
    )


@pytest.mark.parametrize(
    "unset",
    [
        {},
        dict.fromkeys(
            [
                "idempotencyKey",
                "version",
                "isTest",
                "startedAt",
                "finishedAt",
                "ttl",
                "tags",
                "metadata",
                "payload",
                "output",
                "error",
                "attemptCount",
                "schedule",
            ]
        ),
    ],
    ids=["absent", "null"],
)
def test_what_is_absent_or_null_is_none(unset: dict[str, None]) -> None:
    assert read_run({**LEAST, **unset}) == Run(
        id="run_1",
        task_identifier="boom",
        status="QUEUED",
        created_at=CREATED,
        updated_at=CREATED,
    )


@pytest.mark.parametrize(
    "told",
    ["2026-11-23T19:44:53.012Z", "2026-11-23T19:44:53.012", 1_795_463_093_012],
    ids=["ISO", "without a zone", "epoch ms"],
)
def test_dates_are_told_in_several_ways(told: object) -> None:
    assert read_run({**LEAST, "startedAt": told}).started_at == CREATED


def test_a_status_that_is_new_is_kept_as_it_is() -> None:
    run = read_run({**LEAST, "status": "HIBERNATING"})

    assert run.status == "HIBERNATING"
    assert run.known_status is None
    assert not run.is_terminal


@pytest.mark.parametrize("status", RunStatus)
def test_the_status_alone_tells_whether_a_run_has_ended(status: RunStatus) -> None:
    unfinished = {"PENDING_VERSION", "DELAYED", "QUEUED", "DEQUEUED"}
    told = {**LEAST, "status": str(status), "isCompleted": status in unfinished}

    run = read_run(told)

    assert run.known_status is status
    assert run.is_terminal is (
        status not in {*unfinished, RunStatus.EXECUTING, RunStatus.WAITING}
    )


def test_metadata_that_is_no_object_counts_as_none() -> None:
    assert read_run({**LEAST, "metadata": ["odd"]}).metadata is None


def test_an_error_of_trigger_dev_itself_has_only_a_message() -> None:
    told = {"message": "trigger.dev internal error (TASK_INPUT_ERROR)"}

    error = read_run({**LEAST, "error": told}).error

    assert error == RunError("trigger.dev internal error (TASK_INPUT_ERROR)")


def test_an_error_without_a_message_is_still_one() -> None:
    assert read_run({**LEAST, "error": {}}).error == RunError("")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"id": None}, "id of the run must be text; it is missing."),
        ({"id": ""}, "id of the run must be text; it is missing."),
        ({"id": 7}, "id of the run must be text, not a number."),
        ({"status": True}, "status of the run must be text, not a boolean."),
        ({"createdAt": None}, "createdAt of the run must be a date; it is missing."),
        ({"createdAt": "soon"}, "createdAt of the run must be a date, not a text."),
        ({"startedAt": True}, "startedAt of the run must be a date, not a boolean."),
        ({"startedAt": 1e300}, "startedAt of the run must be a date, not a number."),
        (
            {"costInCents": float("nan")},
            "costInCents of the run must be a finite number.",
        ),
        *(
            (
                {"durationMs": large},
                "durationMs of the run must be a span of a billion days at most.",
            )
            for large in (1e308, 10**400)
        ),
        ({"tags": "a"}, "tags of the run must be a list of texts, not a text."),
        ({"tags": [1]}, "tags of the run must be a list of texts, not a list."),
        ({"isTest": 1}, "isTest of the run must be true or false, not a number."),
        (
            {"attemptCount": -1},
            "attemptCount of the run must be a whole number from 0 on, not a number.",
        ),
        ({"error": "x"}, "error of the run must be an object, not a text."),
        (
            {"schedule": {}},
            "id of schedule of the run must be text; it is missing.",
        ),
    ],
)
def test_what_has_another_shape_is_named(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(MalformedResponseError) as caught:
        read_run({**LEAST, **wrong})

    assert str(caught.value) == message


@pytest.mark.parametrize("body", [None, [], "run", 7])
def test_what_is_no_object_is_no_run(body: object) -> None:
    with pytest.raises(MalformedResponseError, match="the run must be an object"):
        read_run(body)


def test_a_page_of_a_list_is_read() -> None:
    told = {
        "data": [{**LEAST, "env": {"id": "e", "name": "dev"}, "taskKind": "STANDARD"}],
        "pagination": {"next": "c1", "previous": "c0"},
    }

    summary = RunSummary(
        id="run_1",
        task_identifier="boom",
        status="QUEUED",
        created_at=CREATED,
        updated_at=CREATED,
    )
    assert read_run_page(told) == RunPage((summary,), "c1", "c0")


@pytest.mark.parametrize("end", [{}, {"pagination": {}}, {"pagination": None}])
def test_the_last_page_has_no_next_cursor(end: dict[str, object]) -> None:
    assert read_run_page({"data": [], **end}) == RunPage((), None)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "data of the list of runs must be a list, not null."),
        ({"data": {}}, "data of the list of runs must be a list, not an object."),
        ({"data": [7]}, "each of data of the list of runs must be an object"),
    ],
)
def test_a_list_that_is_none_is_named(body: object, message: str) -> None:
    with pytest.raises(MalformedResponseError, match=message):
        read_run_page(body)
