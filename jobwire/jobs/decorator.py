"""The decorator that makes a function a type of job."""

import inspect
import typing
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any, Never, NoReturn, TypeVar

from jobwire.jobs.attention import Attention
from jobwire.jobs.context import JobContext
from jobwire.jobs.definition import (
    JobDefinition,
    JobDefinitionError,
    all_of,
    check_max_duration,
    check_name,
    check_queue_name,
)
from jobwire.jobs.function_job import Argument, FunctionJob
from jobwire.jobs.notify import Notify
from jobwire.jobs.queue import Queue
from jobwire.jobs.retry_config import RetryConfig
from jobwire.jobs.typed_data import NO_DATA_SCHEMA, adapter_of, schema_of
from jobwire.models.vocabulary import Executor

Function = TypeVar("Function", bound=Callable[..., Any])

_MARK = "__jobwire_job__"


def job(
    name: str,
    *,
    description: str | None = None,
    retry_config: RetryConfig | None = None,
    max_duration: timedelta | None = None,
    attention: Attention | None = None,
    queue: str | Queue | None = None,
    notify: Notify | Iterable[Notify] | None = None,
    secret_data: bool = False,
    secret_result: bool = False,
) -> Callable[[Function], Function]:
    """Mark a function as a type of job; it stays callable as it is.

    The function takes a `JobContext`, data of one annotated type, both in any order,
    or nothing. An async function runs on the worker's event loop for jobs, any other
    in a thread.

    Args:
        name: The name in the API: 1-120 letters, digits and . _ : / -
        description: What it does; by default the first paragraph of its docstring.
        retry_config: What follows a failed attempt; by default `RetryConfig()`.
        max_duration: How long one attempt may run; None: without limit.
        attention: When its jobs need attention; by default as the worker is set.
        queue: The queue that its jobs wait in, by name or with its limits; by default
            the queue `default`.
        notify: Other back ends that are told of events of its jobs, beside those of
            `JOBWIRE_NOTIFY_URL`.
        secret_data: Whether only admins may read the data of its jobs.
        secret_result: The same of what its jobs return; not of failures.

    Raises:
        JobDefinitionError: The function cannot be a job.
    """
    if not isinstance(name, str):
        raise JobDefinitionError(name, 'give it a name, as in @job("my-job").')

    def mark(function: Function) -> Function:
        definition = _define(
            function,
            name,
            description=description,
            retry_config=retry_config or RetryConfig(),
            max_duration=max_duration,
            attention=attention or Attention(),
            queue=queue,
            notify=all_of(notify),
            secret_data=secret_data,
            secret_result=secret_result,
        )
        setattr(function, _MARK, definition)
        return function

    return mark


def definition_of(candidate: object) -> JobDefinition | None:
    """Return the definition that something is or is marked with; None: neither."""
    if isinstance(candidate, JobDefinition):
        return candidate
    if not inspect.isfunction(candidate):
        return None
    found = getattr(candidate, _MARK, None)
    # functools.wraps copies the mark onto functions that are not the marked one.
    if isinstance(found, FunctionJob) and found.function is candidate:
        return found
    return None


def _define(
    function: Callable[..., Any],
    name: str,
    *,
    description: str | None,
    retry_config: RetryConfig,
    max_duration: timedelta | None,
    attention: Attention,
    queue: str | Queue | None,
    notify: tuple[Notify, ...],
    secret_data: bool,
    secret_result: bool,
) -> FunctionJob:
    _check_kind(function)
    check_name(function, name)
    if getattr(function, _MARK, None) is not None:
        raise JobDefinitionError(function, "it already is one; mark it once.")
    check_max_duration(function, max_duration)
    declared = queue if isinstance(queue, Queue) else None
    name_of_queue = queue.name if isinstance(queue, Queue) else queue
    check_queue_name(function, name_of_queue, Executor.INTERNAL)
    hints = _hints(function)
    parameters = dict(_parameters(function, hints))
    data_type = parameters.get(Argument.DATA)
    result_type = hints.get("return", None)
    promises = result_type not in (None, type(None), Never, NoReturn)
    data = None if data_type is None else adapter_of(function, "data", data_type)
    result = adapter_of(function, "result", result_type if promises else Any)
    return FunctionJob(
        name=name,
        function=function,
        description=description or _first_paragraph(function),
        retry_config=retry_config,
        max_duration=max_duration,
        attention=attention,
        queue=name_of_queue,
        declared_queue=declared,
        notify=notify,
        secret_data=secret_data,
        secret_result=secret_result,
        data_schema=(
            dict(NO_DATA_SCHEMA)
            if data is None
            else schema_of(function, "data", data, "validation")
        ),
        result_schema=(
            schema_of(function, "result", result, "serialization") if promises else None
        ),
        is_async=inspect.iscoroutinefunction(function),
        arguments=tuple(parameters),
        data_adapter=data,
        result_adapter=result,
    )


def _check_kind(function: object) -> None:
    if inspect.isclass(function):
        raise JobDefinitionError(function, "it is a class; mark a function.")
    if not inspect.isfunction(function):
        raise JobDefinitionError(
            function, f"it is a {type(function).__name__}; mark a plain function."
        )
    if function.__name__ == "<lambda>":
        raise JobDefinitionError(function, "it is a lambda; write a function.")
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise JobDefinitionError(
            function, "it is a generator; return the result instead of yielding."
        )


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return typing.get_type_hints(function, include_extras=True)
    except NameError as error:
        raise JobDefinitionError(
            function,
            f"its annotations name {error.name!r}, which is not known where it is"
            " defined. Import it at the top of the module, outside of `if"
            " TYPE_CHECKING`, and above the function.",
        ) from error
    except TypeError as error:
        raise JobDefinitionError(
            function, f"its annotations cannot be read: {error}."
        ) from error


def _parameters(
    function: Callable[..., Any], hints: dict[str, Any]
) -> Iterator[tuple[Argument, Any]]:
    taken: dict[Argument, str] = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind not in (
            parameter.POSITIONAL_ONLY,
            parameter.POSITIONAL_OR_KEYWORD,
        ):
            raise JobDefinitionError(
                function,
                f"its parameter {parameter} is keyword-only or variable; it may take"
                " a JobContext and the data, by position.",
            )
        if name not in hints:
            raise JobDefinitionError(
                function,
                f"its parameter {name!r} has no annotation; annotate it with"
                " JobContext or with the type of the data.",
            )
        if parameter.default is not parameter.empty:
            raise JobDefinitionError(
                function,
                f"its parameter {name!r} has a default, which no caller of the API"
                " would see; give the fields of the data their defaults instead.",
            )
        argument = Argument.CONTEXT if hints[name] is JobContext else Argument.DATA
        if argument in taken:
            raise JobDefinitionError(
                function,
                f"its parameters {taken[argument]!r} and {name!r} both take the"
                f" {argument.value}; put what it needs into one model.",
            )
        taken[argument] = name
        yield argument, hints[name]


def _first_paragraph(function: Callable[..., Any]) -> str | None:
    text = inspect.getdoc(function)
    return " ".join(text.split("\n\n")[0].split()) if text else None
