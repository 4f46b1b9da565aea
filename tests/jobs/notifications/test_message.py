"""Messages: the job and its event as the API shows them, without what is the user's."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from jobwire.app.commands.api_json import history_json
from jobwire.jobs.job import EVENT_COLUMNS, Event, Job
from jobwire.jobs.notifications.message import message_type, write_message
from jobwire.models.database import Connection
from jobwire.models.vocabulary import EventKind, JobStatus
from tests.factories import RUN_CREATED_AT, RUN_ID, build_run_job

MakeJob = Callable[..., Awaitable[Job]]

#: What a job has that waits on Trigger.dev.
RUN = {
    "executor": "trigger",
    "trigger_run_id": RUN_ID,
    "trigger_environment": "https://trigger.test#env-1",
    "dispatch_state": "linked",
    "dispatch_number": 1,
    "dispatched_at": RUN_CREATED_AT,
    "started": RUN_CREATED_AT,
    "attempts": 1,
    "fence": 1,
}
#: What only operators and the job's owner read.
WITHHELD = {"data", "result", "changes", "detail", "stack", "metadata"}


async def created(connection: Connection, job: Job) -> Event:
    record = await connection.fetchrow(
        f"SELECT {EVENT_COLUMNS} FROM job_events WHERE job_id = $1", job.id
    )
    return Event.from_record(record)


def differences(told: Any, api: Any, path: str = "") -> list[str]:
    """Where the two say something else, or a message tells what the API does not."""
    if isinstance(told, dict) and isinstance(api, dict):
        return [
            found
            for name, value in told.items()
            for found in (
                differences(value, api[name], f"{path}.{name}")
                if name in api
                else [f"{path}.{name}"]
            )
        ]
    return [] if told == api else [f"{path}: {told!r} is {api!r} there"]


@pytest.mark.parametrize("status", JobStatus)
async def test_it_says_what_the_api_says(
    connection: Connection, make_job: MakeJob, status: JobStatus
) -> None:
    given: dict[str, object] = {"progress": {"fraction": 0.5, "message": "half"}}
    if status == JobStatus.RUNNING:
        given |= {"metadata": {"note": "hidden"}, "attention": ["START_OVERDUE"]}
    if status == JobStatus.WAITING:
        given |= RUN
    job = await make_job(status=status.value, data={"a": "hidden"}, **given)
    event = await created(connection, job)

    told = json.loads(write_message(event, job))

    api = history_json(job, [], [event])
    assert differences(told["data"]["job"], api) == []
    assert differences(told["data"]["event"], api["events"]["nodes"][0]) == []
    assert told["timestamp"] == told["data"]["event"]["occurredAt"]
    assert "hidden" not in json.dumps(told)
    left_out = set(api) - set(told["data"]["job"])
    assert {"data", "result", "attempts", "events"} <= left_out
    assert not WITHHELD & {*told["data"]["job"], *told["data"]["event"]}


async def test_a_failure_is_told_without_its_stack(
    connection: Connection, make_job: MakeJob
) -> None:
    shown = {"kind": "TASK_ERROR", "name": "ValueError", "message": "no"}
    kept = {"error": {**shown, "stack": "x.py"}}
    job = await make_job(status="FAILED", result=kept)
    event = await created(connection, job)

    told = json.loads(write_message(event, job))["data"]["job"]["failure"]

    assert told == {**shown, "code": None}


@pytest.mark.parametrize(
    ("kind", "before", "after", "expected"),
    [
        ("CREATED", None, "QUEUED", "job.created"),
        ("SUCCEEDED", "RUNNING", "SUCCEEDED", "job.succeeded"),
        ("PROGRESS", "RUNNING", "RUNNING", "job.progress"),
        # Whoever waits for the end of a job must not miss one that had drifted.
        ("DRIFT_CORRECTED", "RUNNING", "SUCCEEDED", "job.succeeded"),
        ("DRIFT_CORRECTED", "QUEUED", "RUNNING", "job.started"),
        ("DRIFT_CORRECTED", "RUNNING", "RUNNING", "job.drift_corrected"),
        ("ORPHAN_ADOPTED", "QUEUED", "QUEUED", "job.orphan_adopted"),
    ],
)
async def test_a_message_is_of_the_type_of_what_happened(
    connection: Connection,
    make_job: MakeJob,
    kind: str,
    before: str | None,
    after: str,
    expected: str,
) -> None:
    event = await created(connection, await make_job())

    changed = replace(event, kind=kind, from_status=before, to_status=after)

    assert message_type(changed) == expected


async def test_every_correction_of_a_status_has_a_type(
    connection: Connection, make_job: MakeJob
) -> None:
    event = await created(connection, await make_job())

    for status in set(JobStatus) - {JobStatus.SCHEDULED}:
        corrected = replace(
            event, kind=EventKind.DRIFT_CORRECTED, from_status="X", to_status=status
        )
        assert message_type(corrected) != "job.drift_corrected"


async def test_a_job_on_trigger_dev_is_told_with_its_run(
    connection: Connection, make_job: MakeJob
) -> None:
    event = await created(connection, await make_job())
    job = build_run_job(trigger_status="EXECUTING")

    told = json.loads(write_message(event, job))["data"]["job"]

    assert (told["executor"], told["triggerRunId"]) == ("TRIGGER", job.trigger_run_id)
