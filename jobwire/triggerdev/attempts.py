"""Attempts: sending one call until it is answered for good, within its deadline."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, TypeVar

from jobwire.triggerdev.errors import ApiConnectionError, TriggerDevError
from jobwire.triggerdev.open_calls import CallEndedError, OpenCalls
from jobwire.triggerdev.retries import RetryPolicy
from jobwire.triggerdev.sent_request import SentRequest
from jobwire.triggerdev.timeouts import Timeouts

Sleep = Callable[[float], Awaitable[None]]
Now = Callable[[], datetime]

_Answer = TypeVar("_Answer")

#: The phases of an attempt end at the deadline by themselves, and know more than what
#: cuts them off; it comes this many seconds later, for phases that follow each other.
_GRACE = 0.1


class Attempt:
    """One sending of a request.

    Attributes:
        was_sent: Whether a byte of it was; None: the transport does not tell.
    """

    def __init__(
        self,
        timeout: Mapping[str, float | None],
        *,
        tells: bool,
        check: Callable[[], None] | None,
    ) -> None:
        """Take the timeouts of its phases, and whether the transport tells.

        Args:
            timeout: Of each phase.
            tells: Whether the transport says when it begins to send.
            check: As `Call` has it.
        """
        self._timeout = timeout
        self._check = check
        self.was_sent: bool | None = False if tells else None

    @property
    def extensions(self) -> dict[str, Any]:
        """What the request carries for httpx."""
        if self.was_sent is None:
            return {"timeout": self._timeout}
        return {"timeout": self._timeout, "trace": self._trace}

    async def _trace(self, event: str, info: Mapping[str, Any]) -> None:
        # Before the request itself a proxy may be asked for a tunnel.
        if event.endswith("send_request_headers.started"):
            # No other task can come between this and the first byte.
            self.check()
            self.was_sent = getattr(info.get("request"), "method", b"") != b"CONNECT"

    def check(self) -> None:
        """Raise if the request may not be sent any more."""
        if self._check is not None:
            self._check()


Once = Callable[[Attempt], Awaitable[_Answer]]


@dataclass(frozen=True, slots=True)
class Call:
    """What is sent, in as many attempts as it takes.

    Attributes:
        method, path: Of the request; the path is without its query.
        id: Its `x-trigger-request-idempotency-key`; None: it has none.
        repeatable: Whether it may be sent again when its outcome is unknown.
        deadline: How long all attempts and waits may take; None: as they like.
        attempts: How many there may be; None: as the policy says.
        check: Called before each is sent; raises if it may not be any more.
    """

    method: str
    path: str
    id: str | None
    repeatable: bool
    deadline: timedelta | None
    attempts: int | None = None
    check: Callable[[], None] | None = None


class Attempts:
    """Makes the attempts of all calls of a client.

    Attributes:
        made: How many there were.
        calls: Those that are under way.
    """

    def __init__(
        self,
        policy: RetryPolicy,
        timeouts: Timeouts,
        *,
        tells: bool,
        sleep: Sleep,
        now: Now,
    ) -> None:
        """Take the rules, the timeouts and the time.

        Args:
            policy: When there is another attempt.
            timeouts: Of each of its phases.
            tells: Whether the transport says when it begins to send (the extension
                `trace`). What fails in a proxy's tunnel looks like what fails behind
                it, and what a deadline cuts off looks the same in every phase.
            sleep: Waits for a number of seconds.
            now: Tells the time, aware.
        """
        self.made = 0
        self.calls = OpenCalls()
        self._policy = policy
        self._timeouts = timeouts
        self._tells = tells
        self._sleep = sleep
        self._now = now
        self._random = Random()  # noqa: S311 - spreads waits, guards nothing

    async def until_answered(self, call: Call, once: Once[_Answer]) -> _Answer:
        """Make attempts until one is answered, or none may follow.

        Args:
            call: What is sent.
            once: Makes an attempt; raises a `TriggerDevError` when it fails.

        Raises:
            TriggerDevError: That of the last attempt. Its outcome is unknown when
                that of any attempt is.
            RuntimeError: The client is closed, or belongs to another event loop.
        """
        course = _Course(call)
        seconds = None if call.deadline is None else call.deadline.total_seconds()
        try:
            async with self.calls.open(None if seconds is None else seconds + _GRACE):
                return await self._attempts(course, once)
        except CallEndedError:
            last = course.last
            if last is not None and course.attempt is None:
                raise last from last.__cause__
            reason = "the client was closed"
            if not self.calls.is_closed:
                reason = f"its deadline of {seconds:g} s passed"
            raise course.ended(
                ApiConnectionError(
                    call.method,
                    call.path,
                    reason,
                    was_sent=course.attempt.was_sent if course.attempt else None,
                )
            ) from last

    async def _attempts(self, course: "_Course", once: Once[_Answer]) -> _Answer:
        call, began, waited = course.call, self._now(), timedelta()
        left = call.deadline
        while True:
            self.made += 1
            attempt = course.next(self._timeouts.within(left), tells=self._tells)
            try:
                return await once(attempt)
            except TriggerDevError as error:
                course.ended(error)
                now = self._now()
                if call.deadline is not None:
                    left = call.deadline - (now - began)
                wait = self._policy.wait_after(
                    error,
                    course.attempts,
                    repeatable=call.repeatable,
                    waited=waited,
                    left=left,
                    now=now,
                    random=self._random,
                )
                is_last = course.attempts == call.attempts
                if wait is None or is_last or self.calls.is_closed:
                    raise
            await self._sleep(wait.total_seconds())
            waited += wait
            left = None if left is None else left - wait


class _Course:
    """How a call went so far.

    Attributes:
        attempts: How many there were.
        attempt: The one that is under way.
        last: How the one before ended.
    """

    def __init__(self, call: Call) -> None:
        self.call = call
        self.attempts = 0
        self.attempt: Attempt | None = None
        self.last: TriggerDevError | None = None
        self._is_unknown = False

    def next(self, timeout: Mapping[str, float | None], *, tells: bool) -> Attempt:
        """Begin an attempt."""
        self.attempts += 1
        self.attempt = Attempt(timeout, tells=tells, check=self.call.check)
        return self.attempt

    def ended(self, error: TriggerDevError) -> TriggerDevError:
        """End it, and write on the error what is known of the whole call."""
        self._is_unknown = self._is_unknown or error.outcome_unknown
        error.outcome_unknown = self._is_unknown
        error.is_safe_to_retry = self.call.repeatable or not self._is_unknown
        error.request = SentRequest(
            self.call.method, self.call.path, self.call.id, self.attempts
        )
        self.attempt, self.last = None, error
        return error
