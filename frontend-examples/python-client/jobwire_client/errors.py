"""What a call raises."""

from collections.abc import Sequence
from typing import Any


class JobwireError(Exception):
    """It was refused; nothing was changed.

    Attributes:
        code: A stable, upper-case word, such as `VALIDATION` or `UNAUTHENTICATED`.
        path: Where in the arguments, for example `["input", "tag"]`; empty: nowhere.
    """

    def __init__(self, message: str, code: str, path: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.path = list(path)

    @classmethod
    def of(cls, error: dict[str, Any]) -> "JobwireError":
        """Read an error of GraphQL."""
        extensions = error.get("extensions", {})
        code = extensions.get("code", "UNEXPECTED")
        if code == "UNAVAILABLE":
            return UnavailableError(error["message"])
        return cls(error["message"], code, extensions.get("argument", ()))


class UnavailableError(JobwireError):
    """Nobody answered; it may have been done, and can be repeated with the same key.

    Attributes:
        retry_after: How many seconds to wait at least.
    """

    def __init__(self, message: str, *, retry_after: float = 0) -> None:
        super().__init__(message, "UNAVAILABLE")
        self.retry_after = retry_after


def data_of(result: dict[str, Any]) -> dict[str, Any]:
    """Return the data of a result of GraphQL.

    Raises:
        JobwireError: It has errors.
    """
    if result.get("errors"):
        raise JobwireError.of(result["errors"][0])
    data: dict[str, Any] = result["data"]
    return data
