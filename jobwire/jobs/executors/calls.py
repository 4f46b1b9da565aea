"""Calls of a Trigger.dev environment, which pause as one and tell how it fares."""

import logging
from collections.abc import Awaitable
from datetime import datetime
from inspect import iscoroutine
from typing import TypeVar

from jobwire.jobs import json_text
from jobwire.jobs.clock import Clock
from jobwire.jobs.executors.base import (
    ExecutorCapabilities,
    ExecutorHealth,
    ExecutorState,
)
from jobwire.models.vocabulary import Executor
from jobwire.triggerdev import (
    ApiConnectionError,
    AuthenticationError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    TriggerDevError,
)

Answer = TypeVar("Answer")

log = logging.getLogger(__name__)

CAPABILITIES = ExecutorCapabilities(
    cancel_running=True,
    confirms_cancel=True,
    force_cancel=True,
    progress=True,
    logs=True,
    backoff=True,
    priority=True,
    queues=True,
    concurrency_key=True,
    max_data_bytes=json_text.MAX_DATA_BYTES,
)


class PausedError(TriggerDevError):
    """Nothing may be asked or told: it is not known whose runs those are."""

    def __init__(self, trouble: str) -> None:
        super().__init__(trouble, is_retryable=True)


class Calls:
    """Makes the calls of one environment.

    Args:
        clock: What time it is.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._trouble: str | None = None
        self._heard = _state(ExecutorHealth.HEALTHY, None, checked_at=None)

    @property
    def is_paused(self) -> bool:
        """Whether no call may be made."""
        return self._trouble is not None

    @property
    def state(self) -> ExecutorState:
        """How the environment fares, as far as the last call has told."""
        if self._trouble is not None:
            now = self._clock.now()
            return _state(ExecutorHealth.DEGRADED, self._trouble, checked_at=now)
        return self._heard

    def pause(self, trouble: str | None) -> None:
        """Make no call any more, and say why; None: make them again."""
        if trouble == self._trouble:
            return
        self._trouble = trouble
        log.log(
            logging.WARNING if trouble else logging.INFO,
            "the work on Trigger.dev %s",
            f"pauses: {trouble}" if trouble else "goes on",
            extra={"action": "trigger-paused" if trouble else "trigger-resumed"},
        )

    def check(self) -> None:
        """Make sure that calls may be made.

        Raises:
            PausedError: They may not.
        """
        if self._trouble is not None:
            raise PausedError(self._trouble)

    async def make(self, call: Awaitable[Answer]) -> Answer:
        """Make a call, and note what it says of the environment.

        Raises:
            PausedError: It was not made.
            TriggerDevError: What the call raises.
        """
        if self._trouble is not None and iscoroutine(call):
            call.close()
        self.check()
        try:
            answer = await call
        except TriggerDevError as error:
            self._note(error)
            raise
        self._note(None)
        return answer

    def _note(self, error: TriggerDevError | None) -> None:
        if error is None or not is_about_health(error):
            health, reason = ExecutorHealth.HEALTHY, None
        elif isinstance(error, ApiConnectionError):
            health, reason = ExecutorHealth.UNREACHABLE, error.message
        else:
            health, reason = ExecutorHealth.DEGRADED, error.message
        if health is not self._heard.health:
            log.log(
                logging.INFO if reason is None else logging.WARNING,
                "Trigger.dev is %s%s",
                health.value,
                "" if reason is None else f": {reason}",
                extra={"action": "trigger-health", "health": health.value},
            )
        self._heard = _state(health, reason, checked_at=self._clock.now())


def not_configured(reason: str) -> ExecutorState:
    """Tell that no environment is known, and why."""
    return _state(ExecutorHealth.NOT_CONFIGURED, reason, checked_at=None)


def is_about_health(error: TriggerDevError) -> bool:
    """Whether an error says something of the environment, and not of one request."""
    if isinstance(error, NotFoundError | ConflictError):
        # Retryable too, for their replicas lag and somebody may be using the key.
        return False
    return error.is_retryable or isinstance(
        error, AuthenticationError | PermissionDeniedError
    )


def _state(
    health: ExecutorHealth, reason: str | None, *, checked_at: datetime | None
) -> ExecutorState:
    return ExecutorState(Executor.TRIGGER, health, reason, checked_at, CAPABILITIES)
