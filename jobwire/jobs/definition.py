"""Job definitions: what makes a function a type of job."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from jobwire.jobs import json_text
from jobwire.jobs.context import JobContext
from jobwire.jobs.errors import InvalidInputError
from jobwire.jobs.retry_config import RetryConfig

#: How many reasons one refusal of data tells.
MAX_REASONS = 10


class JobDefinitionError(Exception):
    """A function that cannot be a job, with the place and what to do."""

    def __init__(self, function: object, reason: str) -> None:
        self.reason = reason
        super().__init__(f"{place_of(function)} cannot be a job: {reason}")


class Argument(Enum):
    """What a parameter of a job's function takes."""

    CONTEXT = "context"
    DATA = "data"


@dataclass(frozen=True, slots=True, eq=False)
class JobDefinition:
    """One type of job.

    Attributes:
        name: Its name in the API, 1-120 characters.
        function: Its code.
        description: What it does, for people; None: nothing was said.
        retry_config: What follows a failed attempt, unless a job says otherwise.
        max_duration: How long one attempt may run; None: without limit.
        data_schema: The JSON schema of its data.
        result_schema: The JSON schema of its result; None: nothing is promised.
        is_async: Whether its code is a coroutine function.
        arguments: What the function's parameters take, in order.
        data_adapter: Reads the data; None: the function takes none.
        result_adapter: Writes the result.
    """

    name: str
    function: Callable[..., Any]
    description: str | None
    retry_config: RetryConfig
    max_duration: timedelta | None
    data_schema: dict[str, Any]
    result_schema: dict[str, Any] | None
    is_async: bool
    arguments: tuple[Argument, ...]
    data_adapter: TypeAdapter[Any] | None = field(repr=False)
    result_adapter: TypeAdapter[Any] = field(repr=False)

    @property
    def place(self) -> str:
        """Where its function stands, as file:line."""
        return place_of(self.function)

    def check(self, data: Any) -> None:
        """Hold data to the definition.

        Args:
            data: JSON as Python values.

        Raises:
            InvalidInputError: They do not fit. The path is that of the first reason,
                from "data" on; the message tells at most ten.
        """
        text = json_text.encode(
            data, limit=json_text.MAX_DATA_BYTES, path=(Argument.DATA.value,)
        )
        if self.data_adapter is None:
            if data not in ({}, None):
                raise InvalidInputError(
                    f"{self.name} takes no data; send {{}} or nothing.", path=("data",)
                )
            return
        try:
            self.data_adapter.validate_json(text)
        except ValidationError as error:
            raise _refusal(error) from None
        except (ArithmeticError, LookupError, TypeError) as error:
            raise InvalidInputError(
                f"The data do not fit: {error}.", path=("data",)
            ) from error

    def decode(self, text: str) -> Any:
        """Read the data of a job as its function takes them.

        Raises:
            pydantic.ValidationError: They do not fit any more.
        """
        return (
            None if self.data_adapter is None else self.data_adapter.validate_json(text)
        )

    def call(self, make_context: Callable[[], JobContext], data: Any) -> Any:
        """Call the function; what it returns is a coroutine if it is async.

        Args:
            make_context: Called only when the function takes a context.
            data: What `decode` returned.
        """
        return self.function(
            *[
                make_context() if argument is Argument.CONTEXT else data
                for argument in self.arguments
            ]
        )

    def encode(self, value: Any) -> str | None:
        """Write what the function returned as JSON text.

        Returns:
            At most 1 MiB of JSON; None when the function returned None.

        Raises:
            InvalidInputError: It is no JSON of that size, or not what the function
                says that it returns.
        """
        if value is None and self.result_schema is None:
            return None
        try:
            plain = self.result_adapter.dump_python(
                value, mode="json", warnings="error"
            )
        except (PydanticSerializationError, ValueError, RecursionError) as error:
            raise InvalidInputError(
                f"{self.name} returned what cannot be written as JSON: {error}"
            ) from error
        return json_text.encode(plain, limit=json_text.MAX_RESULT_BYTES, path=())


def _refusal(error: ValidationError) -> InvalidInputError:
    details = error.errors(
        include_url=False, include_input=False, include_context=False
    )
    reasons = []
    for detail in details[:MAX_REASONS]:
        reason = detail["msg"].removeprefix("Value error, ")
        where = ".".join(map(str, detail["loc"]))
        reasons.append(f"{where}: {reason}" if where else reason)
    if len(details) > MAX_REASONS:
        reasons.append(f"and {len(details) - MAX_REASONS} more")
    return InvalidInputError(
        "; ".join(reasons), path=("data", *map(str, details[0]["loc"]))
    )


def place_of(function: object) -> str:
    """Return where a function stands, as name (file:line)."""
    code = getattr(function, "__code__", None)
    name = getattr(function, "__qualname__", None) or repr(function)
    if code is not None:
        return f"{name} ({code.co_filename}:{code.co_firstlineno})"
    module = sys.modules.get(getattr(function, "__module__", ""))
    file = getattr(module, "__file__", None)
    return f"{name} ({file})" if file else name
