"""Jobs that are Python functions, run by our own workers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, ClassVar

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

from jobwire.jobs import json_text
from jobwire.jobs.context import JobContext
from jobwire.jobs.definition import JobDefinition, place_of
from jobwire.jobs.errors import InvalidInputError
from jobwire.jobs.queue import Queue
from jobwire.models.vocabulary import Executor


class Argument(Enum):
    """What a parameter of a job's function takes."""

    CONTEXT = "context"
    DATA = "data"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FunctionJob(JobDefinition):
    """A type of job whose code is a function marked with `@job`.

    Attributes:
        function: Its code.
        is_async: Whether its code is a coroutine function.
        arguments: What the function's parameters take, in order.
        declared_queue: Its queue with the limits that code declares; None: it only
            names one.
        result_adapter: Writes the result.
    """

    executor: ClassVar[Executor] = Executor.INTERNAL

    function: Callable[..., Any]
    is_async: bool
    arguments: tuple[Argument, ...]
    declared_queue: Queue | None = None
    result_adapter: TypeAdapter[Any] = field(repr=False)

    @property
    def place(self) -> str:
        """Where its function stands, as file:line."""
        return place_of(self.function)

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
            told = type(error).__name__ if self.secret_result else error
            raise InvalidInputError(
                f"{self.name} returned what cannot be written as JSON: {told}"
            ) from error
        return json_text.encode(plain, limit=json_text.MAX_RESULT_BYTES, path=())
