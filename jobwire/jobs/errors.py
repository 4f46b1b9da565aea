"""The errors of Jobwire's use cases: every refusal that a caller should expect.

JobError
├── InvalidInputError          the input does not fit
│   ├── UnknownTypeError       no job type of that name is registered
│   ├── InvalidCursorError     a cursor that this server did not give
│   └── SparseFilterError      few of very many jobs match a filter
├── NotFoundError              no such job, or not one that the caller may see
├── UnauthenticatedError       nobody is asking
├── WebhookSignatureError      nobody with the secret has signed what was posted
├── ForbiddenError             the caller lacks a scope
├── InvalidStateError          the job's status does not allow it
├── VersionConflictError       the job has changed since the caller read it
├── IdempotencyConflictError   the idempotency key stands for another request
├── BatchRefusedError          some of many were refused, and all or none were asked
├── CountMismatchError         a selection holds another number of jobs than said
├── RateLimitedError           the caller asks for more than a minute allows
├── NotConfiguredError         this installation lacks the setting that it takes
└── ExecutorUnavailableError   no job can run there, or nothing can be asked of it

Each error builds its message from the values that it carries: what was expected,
what was found, what to do. None knows HTTP or GraphQL.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from difflib import get_close_matches
from typing import ClassVar

from jobwire.jobs.job import Job
from jobwire.models.vocabulary import Executor, JobStatus

Path = tuple[str, ...]


class JobError(Exception):
    """A refusal that the caller can act on.

    Attributes:
        code: A stable upper-case word.
        message: What was expected, what was found, what to do.
        path: Where in the input, outermost first; None: nowhere in particular.
    """

    code: ClassVar[str]

    def __init__(self, message: str, *, path: Path | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.path = path


@contextmanager
def under(*path: str) -> Iterator[None]:
    """Lead the paths of refusals from inside through the members that hold it."""
    try:
        yield
    except JobError as error:
        error.path = (*path, *(error.path or ()))
        raise


class InvalidInputError(JobError):
    """The input does not fit."""

    code = "VALIDATION"

    def __init__(self, reason: str, *, path: Path | None = None) -> None:
        super().__init__(reason, path=path)


class UnknownTypeError(InvalidInputError):
    """No job type of that name is registered."""

    code = "UNKNOWN_TYPE"

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        self.known = tuple(sorted(known))
        near = get_close_matches(name, self.known, n=1)
        if near:
            hint = f"Did you mean {near[0]!r}?"
        elif self.known:
            hint = f"Registered are: {', '.join(self.known[:20])}."
        else:
            hint = "No job types are registered; set JOBWIRE_JOBS."
        super().__init__(f"There is no job type {name!r}. {hint}", path=("type",))


class InvalidCursorError(InvalidInputError):
    """A cursor that this server did not give."""

    code = "INVALID_CURSOR"

    def __init__(self, reason: str, *, path: Path | None = ("after",)) -> None:
        super().__init__(
            f"The cursor is not valid: {reason}. Pass a cursor exactly as this server"
            " gave it, or leave it out to begin anew.",
            path=path,
        )


class SparseFilterError(InvalidInputError):
    """Few of very many rows match a filter, and no index holds just those.

    Attributes:
        looked_at: How many were looked at.
    """

    code = "LIMIT_EXCEEDED"

    def __init__(
        self,
        looked_at: int,
        *,
        what: str = "jobs",
        instead: str = (
            "Give a narrower createdAt, or tags, types, statuses or userIds that fewer"
            " jobs have."
        ),
    ) -> None:
        self.looked_at = looked_at
        super().__init__(
            f"{looked_at:,} {what} were looked at, and too few of them match this"
            f" filter; no more are looked at. {instead}",
            path=("filter",),
        )


class NotFoundError(JobError):
    """There is no such thing, or none that the caller may see."""

    code = "NOT_FOUND"

    def __init__(
        self,
        id: str,
        *,
        what: str = "job",
        path: Path | None = ("id",),
    ) -> None:
        self.id = id
        super().__init__(f"There is no {what} {id!r}.", path=path)


class UnauthenticatedError(JobError):
    """Nobody is asking.

    Attributes:
        reason: Why nobody, as a sentence.
    """

    code = "UNAUTHENTICATED"

    def __init__(self, reason: str = "No valid token was sent.") -> None:
        self.reason = reason
        super().__init__(f"{reason} Send Authorization: Bearer <token>.")


class WebhookSignatureError(JobError):
    """Nobody with the secret has signed what was posted."""

    code = "INVALID_SIGNATURE"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


class ForbiddenError(JobError):
    """The caller lacks a scope."""

    code = "FORBIDDEN"

    def __init__(
        self,
        required_scope: str | None,
        *,
        reason: str | None = None,
        path: Path | None = None,
    ) -> None:
        self.required_scope = required_scope
        told = reason or "The token does not allow this."
        needs = f" It needs the scope {required_scope!r}." if required_scope else ""
        super().__init__(told + needs, path=path)


class InvalidStateError(JobError):
    """The job's status does not allow what was asked."""

    code = "INVALID_STATE"

    def __init__(
        self,
        verb: str,
        current_status: JobStatus,
        allowed: Sequence[JobStatus],
        *,
        reason: str | None = None,
        advice: str | None = None,
    ) -> None:
        self.verb = verb
        self.current_status = current_status
        self.allowed = tuple(allowed)
        but, otherwise = (f" and {reason}", " otherwise") if reason else ("", "")
        told = (
            f"A job that is {current_status}{but} cannot be {verb}; it must be"
            f" {' or '.join(self.allowed)}{otherwise}."
        )
        super().__init__(f"{told} {advice}" if advice else told, path=("id",))


class VersionConflictError(JobError):
    """The job, or another thing, has changed since the caller read it."""

    code = "VERSION_CONFLICT"

    def __init__(
        self, expected: int, current_version: int, *, what: str = "job"
    ) -> None:
        self.expected = expected
        self.current_version = current_version
        super().__init__(
            f"The {what} has the version {current_version}, not {expected}. Read it"
            " again, and decide anew.",
            path=("ifVersion",),
        )


class IdempotencyConflictError(JobError):
    """An idempotency key stands for another request.

    Attributes:
        job: The job of that request.
        differing_fields: The members that differ, by their names in the API.
    """

    code = "IDEMPOTENCY_CONFLICT"

    def __init__(self, job: Job, differing_fields: Sequence[str]) -> None:
        self.job = job
        self.differing_fields = tuple(differing_fields)
        super().__init__(
            f"The idempotency key {job.idempotency_key!r} was used for a job with"
            f" another {', another '.join(self.differing_fields)}. Send the same input"
            " to get that job, or another key to make a new one.",
            path=("idempotencyKey",),
        )


class BatchRefusedError(JobError):
    """Some of many requests were refused, and all or none were asked for.

    Attributes:
        refusals: Why, by the position of the request.
    """

    code = "BATCH_REFUSED"

    def __init__(self, refusals: Mapping[int, JobError], *, of: int) -> None:
        self.refusals = dict(refusals)
        position, first = next(iter(self.refusals.items()))
        super().__init__(
            f"{len(self.refusals)} of {of} jobs were refused, so none was scheduled."
            f" The first is number {position}, counted from 0: {first.message}",
            path=("jobs", str(position), *(first.path or ())),
        )


class CountMismatchError(JobError):
    """A selection holds another number of jobs than the caller expected."""

    code = "COUNT_MISMATCH"

    def __init__(self, expected: int, actual: int) -> None:
        self.expected = expected
        self.actual = actual
        super().__init__(
            f"The selection was expected to hold {expected:,} jobs and holds"
            f" {actual:,}. Nothing was done; count again with dryRun.",
            path=("expectedCount",),
        )


class RateLimitedError(JobError):
    """The caller asks for more than a minute allows.

    Attributes:
        limit: How many operations a minute allows.
        retry_after: When the same may be asked again, in whole milliseconds.
    """

    code = "RATE_LIMITED"

    def __init__(self, whose: str, limit: int, retry_after: timedelta) -> None:
        self.limit = limit
        self.retry_after = retry_after
        super().__init__(
            f"One {whose} may start {limit:,} operation{'' if limit == 1 else 's'} a"
            " minute here, and has none left. Try again in"
            f" {retry_after.total_seconds():g} s; scheduleJobs counts as one for up to"
            " 1,000 jobs, and a subscription for all that it tells."
        )


class NotConfiguredError(JobError):
    """This installation lacks the setting that it takes."""

    code = "NOT_CONFIGURED"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


class ExecutorUnavailableError(JobError):
    """An executor cannot be used from here, or not now.

    Attributes:
        is_retryable: Whether the same request may succeed later.
    """

    code = "EXECUTOR_UNAVAILABLE"

    def __init__(
        self,
        executor: Executor,
        reason: str,
        *,
        is_retryable: bool = False,
        path: Path | None = ("executor",),
    ) -> None:
        self.executor = executor
        self.is_retryable = is_retryable
        super().__init__(reason, path=path)
