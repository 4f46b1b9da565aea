"""How failures are told: in bounded, storable text."""

import re
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from jobwire.jobs import json_text
from jobwire.jobs.decorator import job
from jobwire.jobs.failure import MAX_MESSAGE_BYTES, MAX_STACK_BYTES, Failure
from jobwire.jobs.transitions.finish import Finish, Outcome
from jobwire.worker.execution import Execution, StopReason
from jobwire.worker.outcome import of_error, of_return
from tests.worker.conftest import NOW, Workbench


def judged(execution: Execution, error: BaseException) -> Finish:
    return of_error(execution, error, now=NOW, random=Random(7))  # noqa: S311 - a seed


def failure_of(execution: Execution, error: BaseException) -> Failure:
    failure = judged(execution, error).failure
    assert failure is not None
    return failure


def test_retry_is_due_after_the_delay_of_the_config(execution: Execution) -> None:
    finish = judged(execution, ValueError("no"))

    assert (finish.outcome, finish.id, finish.fence) == (Outcome.RETRY, UUID(int=7), 3)
    assert finish.retry_at is not None
    assert timedelta(seconds=0.8) <= finish.retry_at - NOW <= timedelta(seconds=1.2)


def test_long_message_is_cut(execution: Execution) -> None:
    message = failure_of(execution, ValueError("ä" * 5000)).message

    assert len(message.encode()) <= MAX_MESSAGE_BYTES
    assert message.endswith("ä…")


def test_long_stack_keeps_its_beginning_and_its_end(execution: Execution) -> None:
    # Two that take turns: a stack of one function is folded.
    def down(depth: int) -> None:
        if not depth:
            raise ValueError("at the bottom")
        further(depth - 1)

    def further(depth: int) -> None:
        down(depth)

    with pytest.raises(ValueError, match="bottom") as caught:
        down(200)
    stack = failure_of(execution, caught.value).stack or ""

    assert len(stack.encode()) <= MAX_STACK_BYTES
    assert stack.startswith("Traceback (most recent call last):")
    assert stack.endswith("ValueError: at the bottom\n")


class BrokenError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("not even that")

    @property
    def code(self) -> str:
        raise RuntimeError("nor that")


def test_error_that_cannot_be_told_is_still_a_failure(execution: Execution) -> None:
    failure = failure_of(execution, BrokenError())

    assert failure.name == "BrokenError"
    assert failure.code is None
    assert failure.message == "BrokenError, whose message failed: RuntimeError"


def test_error_without_a_message_is_told_by_its_name(execution: Execution) -> None:
    assert failure_of(execution, ValueError()).message == "ValueError"


def test_text_that_postgresql_cannot_store_is_replaced(execution: Execution) -> None:
    failure = failure_of(execution, ValueError("a\0b\ud800"))

    assert failure.message == "a\ufffdb?"
    assert "\\ud800" not in failure.to_json()


@pytest.mark.parametrize("code", [7, None, "X" * 500])
def test_only_a_short_text_is_a_code(execution: Execution, code: Any) -> None:
    error = ValueError("no")
    error.code = code  # type: ignore[attr-defined]  # as any library may

    told = failure_of(execution, error).code

    assert told is None or len(told.encode()) <= 200


@pytest.mark.parametrize("reason", [StopReason.DRAIN, StopReason.UNCONFIRMED])
def test_code_that_raises_on_its_way_out_is_handed_back(
    execution: Execution, reason: StopReason
) -> None:
    execution.ask_to_stop(reason)

    assert judged(execution, ValueError("no")).outcome is Outcome.HANDED_BACK


def test_first_reason_to_stop_is_the_one_that_counts(execution: Execution) -> None:
    assert execution.ask_to_stop(StopReason.CANCEL)
    assert execution.ask_to_stop(StopReason.TIMEOUT)
    assert not execution.ask_to_stop(StopReason.TIMEOUT)

    assert execution.stop_reason is StopReason.CANCEL


def test_lost_lease_comes_before_every_other_reason(execution: Execution) -> None:
    execution.ask_to_stop(StopReason.CANCEL)
    execution.ask_to_stop(StopReason.LOST)

    assert execution.stop_reason is StopReason.LOST


def test_code_that_has_ended_cannot_be_stopped(execution: Execution) -> None:
    execution.end()

    assert not execution.ask_to_stop(StopReason.CANCEL)


def test_code_that_looked_and_returned_has_stopped(execution: Execution) -> None:
    context = execution.context()
    execution.ask_to_stop(StopReason.CANCEL)
    assert context.cancelled

    finish = of_return(execution, 5, now=NOW, random=Random(7))  # noqa: S311 - a seed

    assert finish.outcome is Outcome.STOPPED


async def test_result_that_postgresql_refuses_fails_only_its_own_job(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Let through what we would refuse ourselves.
    monkeypatch.setattr(json_text, "_NUL", re.compile("never"))
    job_ids = [
        await bench.schedule("return", text, rings=False)
        for text in ("good", "bad", "fine")
    ]

    @job("return")
    async def give_nul(data: str) -> str:
        return "\0" if data == "bad" else data

    await bench.start(give_nul)
    ended = [await bench.ended(job_id) for job_id in job_ids]

    assert [one.status for one in ended] == ["SUCCEEDED", "FAILED", "SUCCEEDED"]
    assert "PostgreSQL refused its result" in (ended[1].result or "")
