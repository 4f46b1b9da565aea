"""The words of Trigger.dev's runs: every one of them has a meaning here."""

from datetime import UTC, datetime
from typing import Any

import pytest

from jobwire.jobs.executors.run_words import (
    STATUSES,
    failure_of,
    observation_of,
    output_text,
    status_of,
)
from jobwire.jobs.failure import MAX_MESSAGE_BYTES, MAX_NAME_BYTES, MAX_STACK_BYTES
from jobwire.jobs.json_text import MAX_RESULT_BYTES
from jobwire.jobs.lifecycle import is_terminal
from jobwire.jobs.observation import Rank
from jobwire.models.vocabulary import FailureKind, JobStatus, SignalSource
from jobwire.triggerdev import TERMINAL, Run, RunError, RunStatus

NOW = datetime(2026, 1, 2, tzinfo=UTC)
FAILURES = {
    RunStatus.FAILED: FailureKind.TASK_ERROR,
    RunStatus.CRASHED: FailureKind.CRASHED,
    RunStatus.SYSTEM_FAILURE: FailureKind.PLATFORM,
    RunStatus.TIMED_OUT: FailureKind.TIMEOUT,
    RunStatus.EXPIRED: FailureKind.EXPIRED,
}


def test_every_status_of_a_run_has_a_meaning() -> None:
    assert set(STATUSES) == set(RunStatus)


@pytest.mark.parametrize("status", RunStatus)
def test_a_run_has_ended_exactly_when_its_job_has(status: RunStatus) -> None:
    assert is_terminal(STATUSES[status]) == (status in TERMINAL)


def test_only_completed_is_success_and_only_canceled_is_canceled() -> None:
    assert [one for one in RunStatus if STATUSES[one] is JobStatus.SUCCEEDED] == [
        RunStatus.COMPLETED
    ]
    assert [one for one in RunStatus if STATUSES[one] is JobStatus.CANCELED] == [
        RunStatus.CANCELED
    ]


def test_a_word_that_is_not_known_means_nothing() -> None:
    assert status_of("HIBERNATING") is None
    assert status_of("executing") is None
    assert status_of("EXECUTING") is JobStatus.RUNNING


@pytest.mark.parametrize("status", RunStatus)
def test_there_is_a_failure_exactly_for_statuses_without_success(
    status: RunStatus,
) -> None:
    failure = failure_of(status, None)

    assert (failure and failure.kind) == FAILURES.get(status)
    ended_badly = STATUSES[status] in {JobStatus.FAILED, JobStatus.EXPIRED}
    assert (failure is not None) == ended_badly


def test_a_word_that_is_not_known_is_no_failure() -> None:
    assert failure_of(None, RunError(message="odd")) is None


def test_a_failure_says_what_the_run_said() -> None:
    error = RunError(message="no", name="TypeError", stack_trace="at run")

    failure = failure_of(RunStatus.FAILED, error)

    assert failure is not None
    assert (failure.message, failure.name, failure.stack) == (
        "no",
        "TypeError",
        "at run",
    )


@pytest.mark.parametrize("error", [None, RunError(message="")])
def test_a_failure_that_says_nothing_names_their_status(error: RunError | None) -> None:
    failure = failure_of(RunStatus.SYSTEM_FAILURE, error)

    assert failure is not None
    assert failure.message == "Trigger.dev says SYSTEM_FAILURE."


def test_the_text_of_a_failure_is_cut_to_what_is_stored() -> None:
    error = RunError(
        message="m" * 9_000, name="n" * 9_000, stack_trace="s" * 90_000 + "end"
    )

    failure = failure_of(RunStatus.FAILED, error)

    assert failure is not None
    assert len(failure.message) <= MAX_MESSAGE_BYTES
    assert len(failure.name or "") <= MAX_NAME_BYTES
    assert len(failure.stack or "") <= MAX_STACK_BYTES
    assert (failure.stack or "").endswith("end")


@pytest.mark.parametrize(
    "code", ["TASK_PROCESS_OOM_KILLED", "TASK_PROCESS_MAYBE_OOM_KILLED"]
)
def test_a_crash_for_want_of_memory_is_told_apart(code: str) -> None:
    error = RunError(message=f"trigger.dev internal error ({code})")

    failure = failure_of(RunStatus.CRASHED, error)

    assert failure is not None
    assert failure.kind is FailureKind.OUT_OF_MEMORY


def test_a_task_that_only_writes_of_memory_has_failed_like_any_other() -> None:
    failure = failure_of(RunStatus.FAILED, RunError(message="OOM_KILLED, says my log"))

    assert failure is not None
    assert failure.kind is FailureKind.TASK_ERROR


def test_an_alert_that_tells_of_memory_is_believed() -> None:
    failure = failure_of(RunStatus.CRASHED, None, out_of_memory=True)

    assert failure is not None
    assert failure.kind is FailureKind.OUT_OF_MEMORY


def test_no_output_is_none() -> None:
    assert output_text(None) == (None, None)


@pytest.mark.parametrize("output", [0, False, "", [], {}, "ä"])
def test_an_output_is_stored_as_it_is(output: Any) -> None:
    text, refusal = output_text(output)

    assert text is not None
    assert refusal is None


@pytest.mark.parametrize("output", ["x" * MAX_RESULT_BYTES, "\x00", "\ud800"])
def test_an_output_that_cannot_be_stored_says_why(output: Any) -> None:
    text, refusal = output_text(output)

    assert text is None
    assert refusal


def test_a_run_that_was_retrieved_makes_a_verdict() -> None:
    run = Run(
        id="run_1",
        task_identifier="work",
        status="EXECUTING",
        created_at=NOW,
        updated_at=NOW,
        started_at=NOW,
        attempt_count=2,
    )

    said = observation_of(run, source=SignalSource.RECONCILER, output=None)

    assert (said.rank, said.word, said.status) == (
        Rank.VERDICT,
        "EXECUTING",
        JobStatus.RUNNING,
    )
    assert (said.attempt, said.occurred_at, said.started_at) == (2, NOW, NOW)
