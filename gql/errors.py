"""Errors at the edge: refusals as data, as GraphQL errors, and everything else masked.

A `JobError` is something that the caller can act on. In a mutation it becomes a member
of the payload's `errors`; anywhere else it becomes a GraphQL error with its code. An
error that nobody expected is logged under an id, and only the id is told.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import strawberry
from graphql import GraphQLError, GraphQLFormattedError
from strawberry.extensions import FieldExtension

from jobwire.gql import audit
from jobwire.gql.context import Info
from jobwire.gql.error_codes import ErrorCode
from jobwire.gql.scopes import Scope
from jobwire.gql.types.executor import Executor
from jobwire.gql.types.job_status import JobStatus
from jobwire.gql.types.user_error import (
    CountMismatchError,
    ExecutorError,
    ForbiddenError,
    IdempotencyConflictError,
    InvalidStateError,
    NotConfiguredError,
    NotFoundError,
    RateLimitedError,
    UserError,
    ValidationError,
    VersionConflictError,
)
from jobwire.jobs import errors
from jobwire.jobs.iso8601 import format_duration
from jobwire.jobs.rate_limits import OperationKind
from jobwire.models.outages import AWAY, TOO_SLOW

log = logging.getLogger(__name__)

#: Characters of one message.
MAX_MESSAGE = 1_000


class UnmappedError(Exception):
    """A refusal that no type of the schema stands for."""

    def __init__(self, error: errors.JobError) -> None:
        super().__init__(f"{type(error).__qualname__} has no type in the schema.")


def to_user_errors(
    error: errors.JobError, *, within: Sequence[str] = ("input",)
) -> list[UserError]:
    """Show a refusal as the members of a payload's `errors`.

    Args:
        error: The refusal.
        within: Where its path begins.

    Raises:
        UnmappedError: No type of the schema stands for it.
    """
    if isinstance(error, errors.BatchRefusedError):
        return [
            to_user_error(one, within=("input", "jobs", str(position)))
            for position, one in error.refusals.items()
        ]
    return [to_user_error(error, within=within)]


def to_user_error(  # noqa: C901 - one case for each refusal
    error: errors.JobError, *, within: Sequence[str] = ("input",)
) -> UserError:
    """Show one refusal.

    Args:
        error: The refusal.
        within: Where its path begins.

    Raises:
        UnmappedError: No type of the schema stands for it.
    """
    told: Any = {
        "message": error.message,
        "code": error.code,
        "path": None if error.path is None else [*within, *error.path],
    }
    shown: UserError
    match error:
        case errors.InvalidInputError() | errors.NotConfiguredError():
            is_input = isinstance(error, errors.InvalidInputError)
            shown = (ValidationError if is_input else NotConfiguredError)(**told)
        case errors.NotFoundError():
            shown = NotFoundError(**told, id=strawberry.ID(error.id))
        case errors.ForbiddenError():
            shown = ForbiddenError(**told, required_scope=_scope(error.required_scope))
        case errors.UnauthenticatedError() | errors.WebhookSignatureError():
            shown = ForbiddenError(**told, required_scope=None)
        case errors.InvalidStateError():
            shown = InvalidStateError(
                **told,
                current_status=JobStatus(error.current_status.value),
                allowed=[JobStatus(status.value) for status in error.allowed],
            )
        case errors.VersionConflictError():
            shown = VersionConflictError(**told, current_version=error.current_version)
        case errors.IdempotencyConflictError():
            shown = IdempotencyConflictError(
                **told,
                job_id=error.job.id,
                differing_fields=list(error.differing_fields),
            )
        case errors.CountMismatchError():
            shown = CountMismatchError(
                **told, expected=error.expected, actual=error.actual
            )
        case errors.ExecutorUnavailableError():
            shown = ExecutorError(
                **told,
                executor=Executor(error.executor.value),
                is_retryable=error.is_retryable,
            )
        case errors.RateLimitedError():
            shown = RateLimitedError(**told, retry_after=error.retry_after)
        case _:
            raise UnmappedError(error)
    return shown


def _scope(required: str | None) -> Scope | None:
    return None if required is None else Scope(required)


class RefusalsAsData(FieldExtension):
    """Counts a mutation, answers its refusals in its payload, and notes the others.

    It must come last in the list of a field's extensions, which makes it the outermost:
    what the others refuse is data too, and counts.

    Args:
        payload: Makes the payload of a mutation that changed nothing.
    """

    def __init__(self, payload: Callable[[list[UserError]], Any]) -> None:
        self._payload = payload

    async def resolve_async(
        self, next_: Any, source: Any, info: Info, **kwargs: Any
    ) -> Any:
        """Resolve the mutation."""
        try:
            info.context.count(OperationKind.MUTATION)
            payload = await next_(source, info, **kwargs)
        except errors.JobError as error:
            return self._payload(to_user_errors(error))
        audit.note(info, kwargs.get("input"), payload)
        return payload


def format_error(
    error: GraphQLError, *, code: ErrorCode = ErrorCode.BAD_USER_INPUT
) -> GraphQLFormattedError:
    """Write an error as clients may see it.

    Args:
        error: As the executor, the validator or the parser made it.
        code: What to call an error that brings no code of its own.
    """
    formatted = error.formatted
    cause = _cause(error)
    if cause is None:
        extensions = {"code": code.value, **(error.extensions or {})}
    elif isinstance(cause, errors.JobError):
        formatted["message"] = cause.message
        extensions = _extensions(cause)
    else:
        told = foreign_error(cause, error.path)
        formatted["message"] = told["message"]
        extensions = told["extensions"]
    if len(formatted["message"]) > MAX_MESSAGE:
        # What a client sent comes back to it, but not as often as it likes.
        formatted["message"] = f"{formatted['message'][:MAX_MESSAGE]}…"
    formatted["extensions"] = extensions
    return formatted


def foreign_error(
    cause: BaseException, path: list[str | int] | None = None
) -> GraphQLFormattedError:
    """Write an error that is none of ours: an outage is told, all else is masked."""
    return outage(cause, path) or masked_error(cause, path)


def outage(
    cause: BaseException, path: list[str | int] | None = None
) -> GraphQLFormattedError | None:
    """Tell of a database that does not answer, or not in time; None: it is not that."""
    if isinstance(cause, TOO_SLOW):
        code = ErrorCode.DEADLINE_EXCEEDED
        reason = "The database took too long for this and was stopped. Ask for less."
    elif isinstance(cause, AWAY):
        code = ErrorCode.UNAVAILABLE
        reason = "The database does not answer at the moment; try again."
    else:
        return None
    log.warning("At %s the database did not answer: %s", _place(path), cause)
    return {"message": reason, "extensions": {"code": code.value}}


def masked_error(
    cause: BaseException, path: list[str | int] | None = None
) -> GraphQLFormattedError:
    """Log an unexpected error with its traceback and tell no more than an id."""
    error_id = uuid4().hex
    log.error(
        "Unexpected error %s at %s",
        error_id,
        _place(path),
        exc_info=cause,
        extra={"action": "unexpected_error", "error_id": error_id},
    )
    return {
        "message": f"Something went wrong here; the log tells more under {error_id}.",
        "extensions": {"code": ErrorCode.INTERNAL_ERROR.value, "id": error_id},
    }


def _place(path: list[str | int] | None) -> str:
    return ".".join(map(str, path)) if path else "the transport"


def refusal(error: errors.JobError) -> GraphQLFormattedError:
    """Write a refusal that came before any field, such as a missing token."""
    return {"message": error.message, "extensions": _extensions(error)}


def _extensions(error: errors.JobError) -> dict[str, Any]:
    extensions: dict[str, Any] = {"code": error.code}
    if error.path is not None:
        extensions["argument"] = list(error.path)
    if isinstance(error, errors.ForbiddenError) and error.required_scope is not None:
        extensions["requiredScope"] = Scope(error.required_scope).name
    if isinstance(error, errors.RateLimitedError):
        extensions["retryAfter"] = format_duration(error.retry_after)
    return extensions


def _cause(error: GraphQLError) -> BaseException | None:
    """Return the error that is not GraphQL's own behind one; None: there is none."""
    cause: BaseException | None = error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause
