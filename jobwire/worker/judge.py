"""Where running code reports its end, from whatever thread it ran in."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from random import Random
from typing import Any

from pydantic import ValidationError
from structlog.contextvars import bind_contextvars, bound_contextvars

from jobwire.jobs import tracing
from jobwire.jobs.clock import Clock
from jobwire.jobs.transitions.finish import Finish
from jobwire.worker import outcome
from jobwire.worker.execution import Execution

_log = logging.getLogger("jobwire.job")


class Judge:
    """Turns the end of code into a finish and hands it to the control loop.

    Args:
        clock: What time it is; retries are due some time after.
        hand_over: Takes an execution that ended, with its finish; from any thread.
    """

    def __init__(
        self, clock: Clock, hand_over: Callable[[tuple[Execution, Finish]], None]
    ) -> None:
        self._clock = clock
        self._hand_over = hand_over
        self._random = Random()  # noqa: S311 - spreads retries, guards nothing

    def run(self, execution: Execution) -> None:
        """Run a sync function to its end, in the calling thread; never raises."""
        # Whatever the code logs, by whichever logger, is about its job.
        with bound_contextvars(**execution.named), _span(execution):
            self._run(execution)

    async def run_async(self, execution: Execution) -> None:
        """Run an async function to its end, in its own task; never raises."""
        # The task's context ends with it, so that nothing need be unbound.
        bind_contextvars(**execution.named)
        with _span(execution):
            await self._run_async(execution)

    def _run(self, execution: Execution) -> None:
        definition = execution.definition
        try:
            data = definition.decode(execution.claimed.data)
        except ValidationError as error:
            self.misfit(execution, error)
            return
        try:
            value = definition.call(execution.context, data)
        # Job code may raise anything, SystemExit included; each is an end of the
        # attempt and never one of the thread.
        except BaseException as error:  # noqa: BLE001 - see above
            self.raised(execution, error)
        else:
            self.returned(execution, value)

    async def _run_async(self, execution: Execution) -> None:
        definition = execution.definition
        try:
            data = definition.decode(execution.claimed.data)
        except ValidationError as error:
            self.misfit(execution, error)
            return
        try:
            value = await definition.call(execution.context, data)
        # As above; CancelledError too: the attempt has ended, and so does the task.
        except BaseException as error:  # noqa: BLE001 - see above
            self.raised(execution, error)
        else:
            self.returned(execution, value)

    def returned(self, execution: Execution, value: object) -> None:
        """The code returned."""
        try:
            finish = outcome.of_return(
                execution, value, now=self._clock.now(), random=self._random
            )
        # A serializer of the user's own may raise anything.
        except Exception as error:  # noqa: BLE001 - see above
            self.raised(execution, error)
            return
        self._hand_over((execution, finish))

    def raised(self, execution: Execution, error: BaseException) -> None:
        """The code raised."""
        finish = outcome.of_error(
            execution, error, now=self._clock.now(), random=self._random
        )
        if finish.failure is not None:
            tracing.fail(finish.failure.name or "Error", finish.failure.message)
            _log.warning(
                "attempt %d of %s failed: %s: %s",
                execution.claimed.attempt,
                execution.job_id,
                finish.failure.name,
                finish.failure.message,
                extra={"action": "attempt-failed", **execution.named},
            )
        self._hand_over((execution, finish))

    def misfit(self, execution: Execution, error: ValidationError) -> None:
        """The data do not fit the code any more."""
        self._hand_over((execution, outcome.of_misfit(execution, error)))


def _span(execution: Execution) -> AbstractContextManager[Any]:
    if not tracing.is_on():
        return nullcontext()
    return tracing.span(
        f"run {execution.claimed.type}",
        "consumer",
        parent=execution.claimed.traceparent,
        **execution.named,
    )
