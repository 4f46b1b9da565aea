"""What the code of a job sees, and the errors by which it answers."""

import json
import logging
import math
from datetime import timedelta
from typing import Any

import pytest

from jobwire.jobs.context import (
    MAX_METADATA_BYTES,
    Cancelled,
    JobContext,
    LogKeeper,
    Progress,
    RetryAfter,
    StopSignal,
)
from jobwire.jobs.logs.line import Line
from jobwire.models.vocabulary import LogLevel


def reported(**arguments: Any) -> Progress:
    reports: list[Progress] = []
    JobContext(report=reports.append).progress(**arguments)
    return reports[0]


def test_context_can_be_made_by_a_unit_test_without_a_worker() -> None:
    context = JobContext(attempt=2)

    context.progress(0.5, "half")

    assert context.attempt == 2
    assert not context.cancelled


def test_progress_derives_its_fraction_from_counts() -> None:
    assert reported(current=3, total=4) == Progress(0.75, None, 3, 4)


def test_progress_of_nothing_in_all_has_no_fraction() -> None:
    assert reported(current=0, total=0) == Progress(None, None, 0, 0)


@pytest.mark.parametrize(("given", "told"), [(-0.1, 0.0), (1.2, 1.0), (1, 1.0)])
def test_progress_cuts_its_fraction_to_zero_and_one(given: float, told: float) -> None:
    assert reported(fraction=given).fraction == told


@pytest.mark.parametrize("fraction", [math.nan, math.inf])
def test_progress_refuses_a_fraction_that_is_no_number(fraction: float) -> None:
    with pytest.raises(ValueError, match="takes a fraction"):
        JobContext().progress(fraction)


def test_progress_refuses_negative_counts() -> None:
    with pytest.raises(ValueError, match="counts from 0"):
        JobContext().progress(current=-1)


def test_progress_keeps_counts_beyond_graphql_int_only_in_its_fraction() -> None:
    assert reported(current=5 * 10**9, total=10**10) == Progress(0.5, None, None, None)


def test_progress_makes_its_message_storable() -> None:
    message = reported(message="a\0b\ud800" + "x" * 1000).message

    assert message == "a\ufffdb?" + "x" * 496


def test_cancelled_remembers_that_the_code_has_seen_it() -> None:
    signal = StopSignal()
    context = JobContext(stop=signal)

    assert not context.cancelled
    assert not signal.seen
    signal.asked = True
    assert context.cancelled
    assert signal.seen


def test_raise_if_cancelled_raises_only_then() -> None:
    JobContext().raise_if_cancelled()

    with pytest.raises(Cancelled):
        JobContext(stop=StopSignal(asked=True)).raise_if_cancelled()


def test_idempotency_key_is_the_same_for_every_attempt() -> None:
    first = JobContext(job_id="job_1", attempt=1)
    second = JobContext(job_id="job_1", attempt=2)

    assert first.idempotency_key == second.idempotency_key


def test_log_carries_the_job_and_keeps_the_extra_of_the_call(
    caplog: pytest.LogCaptureFixture,
) -> None:
    context = JobContext(job_id="job_1", type="import", attempt=2)

    with caplog.at_level(logging.INFO, logger="jobwire.job"):
        context.log.info("row %d", 7, extra={"row": 7})

    record = caplog.records[0]
    assert record.getMessage() == "row 7"
    assert (
        vars(record).items()
        >= {
            "job_id": "job_1",
            "job_type": "import",
            "attempt": 2,
            "row": 7,
        }.items()
    )


def test_log_names_the_place_that_called_it(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="jobwire.job"):
        JobContext().log.info("here")
        JobContext().log.exception("and here")

    assert {record.funcName for record in caplog.records} == {
        "test_log_names_the_place_that_called_it"
    }


def test_lines_are_kept_from_a_level_on_whatever_logging_is_set_to(
    caplog: pytest.LogCaptureFixture,
) -> None:
    lines: list[Line] = []
    log = JobContext(keeper=LogKeeper(lines.append, LogLevel.WARN)).log

    with caplog.at_level(logging.CRITICAL, logger="jobwire.job"):
        log.info("no")
        log.warning("row %d", 7, extra={"row": 7})
        assert not log.isEnabledFor(logging.INFO)
        assert log.isEnabledFor(logging.WARNING)

    [line] = lines
    assert (line.level, line.message, line.fields) == (
        LogLevel.WARN,
        "row 7",
        '{"row":7}',
    )
    assert caplog.records == []


@pytest.mark.parametrize("extra", [{"message": 1, "name": 2, "args": 3}, "none", 7])
def test_an_extra_that_logging_refuses_does_not_hurt(
    caplog: pytest.LogCaptureFixture, extra: Any
) -> None:
    lines: list[Line] = []

    with caplog.at_level(logging.INFO, logger="jobwire.job"):
        JobContext(keeper=LogKeeper(lines.append)).log.info("x", extra=extra)

    assert len(lines) == len(caplog.records) == 1


def test_metadata_are_changed_key_by_key_and_told_as_a_whole() -> None:
    told: list[str] = []
    context = JobContext(metadata={"kept": 1, "gone": 2}, report_metadata=told.append)

    context.set_metadata("file", {"name": "a.csv"})
    context.update_metadata({"gone": None, "never": None, "rows": [1]})

    expected = {"kept": 1, "file": {"name": "a.csv"}, "rows": [1]}
    assert context.metadata == expected
    assert json.loads(told[-1]) == expected
    assert len(told) == 2


def test_metadata_are_a_copy_in_both_directions() -> None:
    context = JobContext()
    rows = [1]

    context.set_metadata("rows", rows)
    rows.append(2)
    context.metadata["rows"].append(3)

    assert context.metadata == {"rows": [1]}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("x" * MAX_METADATA_BYTES, "at most 65,536 are allowed"),
        ({1, 2}, "not JSON serializable"),
        (math.nan, "not JSON compliant"),
        ("a\0", "NUL character"),
        ("\ud800", "lone surrogate"),
    ],
)
def test_metadata_that_do_not_fit_are_refused_and_change_nothing(
    value: Any, reason: str
) -> None:
    told: list[str] = []
    context = JobContext(metadata={"a": 1}, report_metadata=told.append)

    with pytest.raises(ValueError, match=reason):
        context.update_metadata({"a": 2, "b": value})

    assert context.metadata == {"a": 1}
    assert told == []


@pytest.mark.parametrize("delay", [30, 30.0, timedelta(seconds=30)])
def test_retry_after_takes_seconds_or_a_timedelta(delay: float | timedelta) -> None:
    assert RetryAfter(delay).delay == timedelta(seconds=30)


@pytest.mark.parametrize("delay", [-1, math.nan, math.inf, timedelta(days=367)])
def test_retry_after_refuses_delays_out_of_range(delay: float | timedelta) -> None:
    with pytest.raises(ValueError, match="0 seconds to 366 days"):
        RetryAfter(delay)
