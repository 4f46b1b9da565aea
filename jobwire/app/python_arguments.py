"""What callers of the Python API pass, in the words of the use cases."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from pydantic_core import PydanticSerializationError, to_jsonable_python

from jobwire.jobs import json_text
from jobwire.jobs.decorator import definition_of
from jobwire.jobs.definition import JobDefinition
from jobwire.jobs.errors import InvalidInputError, NotFoundError
from jobwire.jobs.identifiers import parse_job_id, parse_schedule_id
from jobwire.jobs.registry import NotAJobError
from jobwire.jobs.retry_config import RetryConfig
from jobwire.models.vocabulary import CancelMode, Executor

_Word = TypeVar("_Word", bound=StrEnum)


def read_job_id(given: str | UUID) -> UUID:
    """Return a job's id.

    Raises:
        NotFoundError: It is the id of no job.
    """
    try:
        return given if isinstance(given, UUID) else parse_job_id(given)
    except ValueError:
        raise NotFoundError(str(given)) from None


def read_schedule_id(given: str | UUID) -> UUID:
    """Return a job schedule's id.

    Raises:
        NotFoundError: It is the id of no job schedule.
    """
    try:
        if isinstance(given, UUID):
            return given
        return parse_schedule_id(given)
    except ValueError:
        raise NotFoundError(str(given), what="job schedule") from None


def read_retry_config(
    given: RetryConfig | Mapping[str, Any] | None,
) -> Mapping[str, Any] | None:
    """Return the members of a retry configuration, by their names in the API."""
    if isinstance(given, RetryConfig):
        members: Mapping[str, Any] = json_text.decode(given.to_json())
        return members
    return given


def read_definition(
    given: str | Callable[..., Any] | JobDefinition,
) -> JobDefinition | None:
    """Return the definition of a type; None: it is given by name.

    Raises:
        NotAJobError: It is a function that is not marked with `@job`.
    """
    if isinstance(given, str):
        return None
    definition = definition_of(given)
    if definition is None:
        raise NotAJobError(given)
    return definition


def read_executor(given: str | None) -> Executor | None:
    """Return the executor of a name; None: it is chosen by the type.

    Raises:
        InvalidInputError: There is no such executor.
    """
    return None if given is None else read_word(Executor, given, "executor")


def read_mode(given: str) -> CancelMode:
    """Return the mode of a cancel.

    Raises:
        InvalidInputError: There is no such mode.
    """
    return read_word(CancelMode, given, "mode")


def read_json(value: Any, *, at: str = "data") -> Any:
    """Return JSON: models of pydantic, dataclasses, times and UUIDs become it.

    Raises:
        InvalidInputError: It has no form in JSON.
    """
    try:
        return to_jsonable_python(value)
    except (PydanticSerializationError, ValueError, RecursionError) as error:
        raise InvalidInputError(f"Expected JSON, but {error}.", path=(at,)) from error


def read_user_id(given: object) -> str:
    """Return the text of a user's id; 0 is "0".

    Raises:
        InvalidInputError: It is neither text nor a whole number nor a UUID.
    """
    if isinstance(given, bool) or not isinstance(given, str | int | UUID):
        raise InvalidInputError(
            f"user_id must be text, a whole number or a UUID, not {given!r}.",
            path=("user_id",),
        )
    return str(given)


def read_word(words: type[_Word], given: str, name: str) -> _Word:
    """Return the member of a vocabulary that a caller has named.

    Args:
        words: The vocabulary.
        given: Its word.
        name: What the argument is called.

    Raises:
        InvalidInputError: There is no such word.
    """
    try:
        return words(given)
    except ValueError:
        known = " or ".join(repr(one.value) for one in words)
        raise InvalidInputError(
            f"{name} must be {known}, not {given!r}.", path=(name,)
        ) from None
