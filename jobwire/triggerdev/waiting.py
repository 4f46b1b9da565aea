"""Waiting until a run has ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from jobwire.triggerdev.errors import (
    InvalidOptionError,
    NotFoundError,
    TriggerDevError,
)
from jobwire.triggerdev.runs import Run
from jobwire.triggerdev.sending import Sender

#: How long a run may be missing after it was triggered: replicas lag.
NOT_FOUND_GRACE = timedelta(seconds=10)


class WaitTimeoutError(TriggerDevError):
    """A run that has not ended by the deadline; it goes on.

    Attributes:
        run_id: Of the run.
        last_run: The run as it was seen last; None: it never was.
    """

    def __init__(self, run_id: str, deadline: timedelta, last_run: Run | None) -> None:
        self.run_id = run_id
        self.last_run = last_run
        seen = "and was never seen" if last_run is None else f"it is {last_run.status}"
        super().__init__(
            f"{run_id} has not ended within {deadline}, {seen}.", is_retryable=True
        )


@dataclass(frozen=True, slots=True)
class PollPace:
    """How often a run is looked at while it is waited for.

    Attributes:
        first: The pause after the first look.
        longest: The pause that it grows to.
        factor: By how much each pause is longer than the one before, from 1 on.
    """

    first: timedelta = timedelta(milliseconds=250)
    longest: timedelta = timedelta(seconds=5)
    factor: float = 1.5

    def __post_init__(self) -> None:
        if not timedelta() < self.first <= self.longest or self.factor < 1:
            must = "have 0 < first <= longest and a factor from 1 on"
            raise InvalidOptionError("pace", f"{must}, not {self}")

    def after(self, pause: timedelta) -> timedelta:
        """Return the pause that follows another one."""
        return min(self.longest, pause * self.factor)


class Retrieving(Protocol):
    """What retrieves runs."""

    async def retrieve(self, run_id: str, *, deadline: timedelta | None) -> Run:
        """Return a run."""
        ...


class RunWait:
    """One wait for one run.

    Args:
        runs: Retrieves it.
        sender: Whose time and pauses count.
        run_id: Of the run.
        deadline: How long to wait at the most.
        pace: How often to look.
    """

    def __init__(
        self,
        runs: Retrieving,
        sender: Sender,
        run_id: str,
        deadline: timedelta,
        pace: PollPace,
    ) -> None:
        if deadline <= timedelta():
            must = f"be longer than nothing, not {deadline}"
            raise InvalidOptionError("deadline", must)
        self._runs = runs
        self._sender = sender
        self._run_id = run_id
        self._deadline = deadline
        self._pace = pace
        self._last: Run | None = None

    async def wait(self) -> Run:
        """Return the run when it has ended; see `Runs.wait_for_run`."""
        began, pause = self._sender.now(), self._pace.first
        until = began + self._deadline
        while True:
            run = await self._look(began, until)
            if run is not None and run.is_terminal:
                return run
            left = until - self._sender.now()
            if left <= timedelta():
                raise WaitTimeoutError(self._run_id, self._deadline, self._last)
            await self._sender.sleep(min(pause, left).total_seconds())
            pause = self._pace.after(pause)

    async def _look(self, began: datetime, until: datetime) -> Run | None:
        left = max(until - self._sender.now(), timedelta(milliseconds=1))
        try:
            self._last = await self._runs.retrieve(self._run_id, deadline=left)
        except NotFoundError:
            if self._sender.now() - began >= min(NOT_FOUND_GRACE, self._deadline):
                raise
            return None
        except TriggerDevError as error:
            if not error.is_retryable:
                raise
            return None
        return self._last
