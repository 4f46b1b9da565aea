"""Requests over HTTP that are answered before anything runs."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from math import ceil

from graphql import GraphQLFormattedError

from jobwire.gql.error_codes import ErrorCode


class RefusedError(Exception):
    """A request that ends with an HTTP status of its own.

    Attributes:
        status: The HTTP status.
        errors: Why, as clients may see it.
        headers: What else the answer must say.
    """

    def __init__(
        self,
        status: int,
        errors: Sequence[GraphQLFormattedError],
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status)
        self.status = status
        self.errors = errors
        self.headers = headers or {}


def refused(
    status: int,
    code: ErrorCode,
    message: str,
    headers: Mapping[str, str] | None = None,
) -> RefusedError:
    """Make a refusal with one error."""
    error: GraphQLFormattedError = {
        "message": message,
        "extensions": {"code": code.value},
    }
    return RefusedError(status, [error], headers)


def refused_for_now(
    error: GraphQLFormattedError, retry_after: timedelta
) -> RefusedError:
    """Make the refusal of something that may be asked again later."""
    seconds = max(1, ceil(retry_after.total_seconds()))
    return RefusedError(429, [error], {"Retry-After": str(seconds)})
