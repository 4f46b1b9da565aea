"""Results on their way to clients, and requests that get none."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from graphql import ExecutionResult, GraphQLFormattedError

from jobwire.gql import json_codec
from jobwire.gql.error_codes import ErrorCode
from jobwire.gql.errors import format_error

#: One result as JSON.
Response = dict[str, Any]


class RequestError(Exception):
    """A request that was refused before anything ran.

    Attributes:
        errors: Why, as clients may see it.
        status: The HTTP status of its own; None: the one that its media type has.
    """

    status: ClassVar[int | None] = None

    def __init__(self, errors: list[GraphQLFormattedError]) -> None:
        super().__init__("; ".join(error["message"] for error in errors))
        self.errors = errors


class DeadlineError(RequestError):
    """An operation that ran for too long and was stopped."""

    status = 503

    def __init__(self, seconds: float, *, is_mutation: bool) -> None:
        reason = f"The operation ran for more than {seconds:g} s and was stopped."
        if is_mutation:
            reason += (
                " What it asked for may have been done: read before you repeat it."
            )
        code = ErrorCode.DEADLINE_EXCEEDED.value
        super().__init__([{"message": reason, "extensions": {"code": code}}])


@dataclass(frozen=True, slots=True)
class Result:
    """One result of an operation, written once for all whom it goes to.

    Attributes:
        text: The result as JSON text.
        cursor: Where a stream goes on for whoever got it and all before; None: it does
            not tell.
        unplanned: Why the plan of the operation did not answer it; None: it did, or
            nothing was executed.
    """

    text: str
    cursor: str | None = None
    unplanned: str | None = None

    @classmethod
    def of(cls, response: Response, *, unplanned: str | None = None) -> Self:
        """Write a response."""
        return cls(json_codec.encode(response), unplanned=unplanned)

    @classmethod
    def from_plan(cls, data: str) -> Self:
        """Wrap the data that a plan has written.

        Raises:
            UnicodeEncodeError: It holds what UTF-8 cannot.
        """
        return cls(f'{{"data":{data}}}')


def to_response(result: ExecutionResult) -> Response:
    """Show what was executed as clients may see it.

    Raises:
        RequestError: Nothing was.
    """
    errors = [format_error(error) for error in result.errors or ()]
    # What failed in a field has its path; without one, nothing was run.
    if result.data is None and all(error.path is None for error in result.errors or ()):
        raise RequestError(errors)
    return {"data": result.data, "errors": errors} if errors else {"data": result.data}
