"""What becomes of an attempt when its code returns or raises."""

import asyncio
import traceback
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from types import TracebackType

from pydantic import ValidationError

from jobwire.jobs import function_job
from jobwire.jobs.context import Cancelled, NonRetryable, RetryAfter
from jobwire.jobs.errors import InvalidInputError
from jobwire.jobs.failure import (
    MAX_MESSAGE_BYTES,
    MAX_NAME_BYTES,
    Failure,
    cut,
    cut_stack,
)
from jobwire.jobs.transitions.finish import Finish, Outcome
from jobwire.models.vocabulary import FailureKind
from jobwire.worker.execution import Execution, StopReason

_OUR_FILES = (str(Path(__file__).parent), function_job.__file__)
_STOPPED = {
    StopReason.CANCEL: Outcome.STOPPED,
    StopReason.DRAIN: Outcome.HANDED_BACK,
    StopReason.UNCONFIRMED: Outcome.HANDED_BACK,
}


def of_return(
    execution: Execution, value: object, *, now: datetime, random: Random
) -> Finish:
    """Judge code that returned.

    Code that has read `ctx.cancelled` as true has stopped; code that was told to stop
    and did not look has finished first. Code that ran into `max_duration` failed,
    whatever it returned.
    """
    if execution.stop_reason is StopReason.TIMEOUT:
        return _failed(execution, _timeout(execution), now=now, random=random)
    if execution.stop_reason in _STOPPED and execution.signal.seen:
        return _finish(execution, _STOPPED[execution.stop_reason])
    try:
        result = execution.definition.encode(value)
    except InvalidInputError as error:
        failure = Failure(
            FailureKind.TASK_ERROR,
            cut(f"Its result was refused. {error}", MAX_MESSAGE_BYTES),
            name="InvalidResult",
        )
        return _finish(execution, Outcome.FAILED, failure=failure)
    return _finish(execution, Outcome.SUCCEEDED, result=result)


def of_error(
    execution: Execution, error: BaseException, *, now: datetime, random: Random
) -> Finish:
    """Judge code that raised: stopped, handed back, to be retried or failed."""
    reason = execution.stop_reason
    if reason is StopReason.TIMEOUT:
        return _failed(execution, _timeout(execution, error), now=now, random=random)
    if reason in (StopReason.DRAIN, StopReason.UNCONFIRMED):
        # Whatever it raises on its way out: it did not get the time that it needed.
        return _finish(execution, Outcome.HANDED_BACK)
    if reason is not None and isinstance(error, Cancelled | asyncio.CancelledError):
        return _finish(execution, Outcome.STOPPED)
    failure = _failure(FailureKind.TASK_ERROR, error)
    if isinstance(error, NonRetryable):
        return _finish(execution, Outcome.FAILED, failure=failure)
    delay = error.delay if isinstance(error, RetryAfter) else None
    return _failed(execution, failure, now=now, random=random, delay=delay)


def of_misfit(execution: Execution, error: ValidationError) -> Finish:
    """Judge a job whose data do not fit its code any more: RUNNING → FAILED."""
    failure = Failure(
        FailureKind.TASK_ERROR,
        cut(
            f"Its data do not fit {execution.claimed.type!r} as it is defined now:"
            f" {execution.definition.misfit(error)}",
            MAX_MESSAGE_BYTES,
        ),
        name="InvalidData",
    )
    return _finish(execution, Outcome.FAILED, failure=failure)


def of_unstarted(execution: Execution) -> Finish:
    """Hand back a job that has not started: RUNNING → QUEUED."""
    return _finish(execution, Outcome.HANDED_BACK)


def of_refusal(execution: Execution, error: Exception) -> Finish:
    """Judge an end that PostgreSQL refuses to store: RUNNING → FAILED."""
    told = type(error).__name__ if execution.definition.secret_result else error
    failure = Failure(
        FailureKind.TASK_ERROR,
        cut(f"PostgreSQL refused its result: {told}", MAX_MESSAGE_BYTES),
        name="InvalidResult",
    )
    return _finish(execution, Outcome.FAILED, failure=failure)


def _failed(
    execution: Execution,
    failure: Failure,
    *,
    now: datetime,
    random: Random,
    delay: timedelta | None = None,
) -> Finish:
    claimed = execution.claimed
    if claimed.attempt >= claimed.retry_config.max_attempts:
        return _finish(execution, Outcome.FAILED, failure=failure)
    if delay is None:
        delay = claimed.retry_config.delay(claimed.attempt, random)
    return _finish(execution, Outcome.RETRY, failure=failure, retry_at=now + delay)


def _finish(
    execution: Execution,
    outcome: Outcome,
    *,
    result: str | None = None,
    failure: Failure | None = None,
    retry_at: datetime | None = None,
) -> Finish:
    job, fence = execution.key
    return Finish(job, fence, outcome, result, failure, retry_at)


def _timeout(execution: Execution, error: BaseException | None = None) -> Failure:
    return Failure(
        FailureKind.TIMEOUT,
        f"The attempt ran longer than its max_duration of"
        f" {execution.claimed.max_duration}.",
        name="Timeout",
        stack=None if error is None else _stack(error),
    )


def _failure(kind: FailureKind, error: BaseException) -> Failure:
    code = _attribute(error, "code")
    return Failure(
        kind,
        cut(_message(error), MAX_MESSAGE_BYTES),
        name=cut(type(error).__name__, MAX_NAME_BYTES),
        code=cut(code, MAX_NAME_BYTES) if isinstance(code, str) else None,
        stack=_stack(error),
    )


def _message(error: BaseException) -> str:
    try:
        return str(error) or type(error).__name__
    # Somebody else's __str__ may raise anything.
    except Exception as broken:  # noqa: BLE001 - see above
        return f"{type(error).__name__}, whose message failed: {type(broken).__name__}"


def _attribute(error: BaseException, name: str) -> object:
    try:
        return getattr(error, name, None)
    # Somebody else's property may raise anything.
    except Exception:  # noqa: BLE001 - see above
        return None


def _stack(error: BaseException) -> str:
    try:
        lines = traceback.format_exception(
            type(error), error, _their_part(error.__traceback__)
        )
    # Formatting calls __str__ and __repr__ of the error and of all its causes.
    except Exception as broken:  # noqa: BLE001 - see above
        return f"The stack could not be formatted: {type(broken).__name__}"
    return cut_stack("".join(lines))


def _their_part(trace: TracebackType | None) -> TracebackType | None:
    """Leave out the frames of the worker, which say nothing to the job's author."""
    part = trace
    while part is not None and part.tb_frame.f_code.co_filename.startswith(_OUR_FILES):
        part = part.tb_next
    return part
