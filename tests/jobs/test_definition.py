"""Which functions can be jobs, what they promise, what data and results fit."""

import functools
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import BaseModel, Field, model_validator

from jobwire.jobs.attention import Attention
from jobwire.jobs.context import JobContext
from jobwire.jobs.decorator import definition_of, job
from jobwire.jobs.definition import JobDefinition, JobDefinitionError
from jobwire.jobs.errors import InvalidInputError
from jobwire.jobs.retry_config import RetryConfig


class Address(BaseModel):
    street: str
    number: int = Field(ge=1)


class Order(BaseModel):
    addresses: list[Address]
    day: date = date(2026, 1, 2)

    @model_validator(mode="after")
    def has_an_address(self) -> "Order":
        if not self.addresses:
            raise ValueError("an order needs an address")
        return self


def defined(function: Any, name: str = "a-job", **options: Any) -> JobDefinition:
    definition = definition_of(job(name, **options)(function))
    assert definition is not None
    return definition


def test_decorated_function_stays_callable() -> None:
    @job("double")
    def double(data: int) -> int:
        return 2 * data

    assert double(21) == 42


def test_definition_takes_its_description_from_the_docstring() -> None:
    def ship(data: Order) -> None:
        """Ship an order
        at once.

        Details.
        """

    assert defined(ship).description == "Ship an order at once."
    assert defined(lambda_free(), description="Other").description == "Other"


def lambda_free() -> Any:
    def function() -> None: ...

    return function


def test_definition_keeps_what_it_was_told() -> None:
    async def ship(context: JobContext, data: Order) -> None: ...

    definition = defined(
        ship,
        retry_config=RetryConfig(max_attempts=7),
        max_duration=timedelta(minutes=5),
        attention=Attention(start_overdue=timedelta(seconds=1)),
    )

    assert definition.is_async
    assert definition.attention == Attention(start_overdue=timedelta(seconds=1))
    assert definition.retry_config.max_attempts == 7
    assert definition.max_duration == timedelta(minutes=5)


def test_definition_without_retry_config_has_the_default() -> None:
    assert defined(lambda_free()).retry_config == RetryConfig()


def test_definition_without_thresholds_leaves_them_to_the_worker() -> None:
    assert defined(lambda_free()).attention == Attention(
        start_overdue=None, heartbeat_late=None
    )


def with_context_and_data(context: JobContext, data: int) -> Any:
    return context.attempt, data


def with_data_and_context(data: int, context: JobContext) -> Any:
    return context.attempt, data


def with_context(context: JobContext) -> Any:
    return context.attempt, 5


def with_data(data: int) -> Any:
    return 3, data


def with_nothing() -> Any:
    return 3, 5


@pytest.mark.parametrize(
    "function",
    [
        with_context_and_data,
        with_data_and_context,
        with_context,
        with_data,
        with_nothing,
    ],
)
def test_call_gives_each_parameter_what_its_annotation_asks_for(function: Any) -> None:
    definition = defined(function)

    assert definition.call(lambda: JobContext(attempt=3), 5) == (3, 5)


class NoFunction:
    def __call__(self) -> None: ...


def generator() -> Iterator[int]:
    yield 1


async def async_generator() -> Any:
    yield 1


def two_data(first: Order, second: Address) -> None: ...


def two_contexts(first: JobContext, second: JobContext) -> None: ...


def without_annotation(data) -> None: ...


def keyword_only(*, data: Order) -> None: ...


def variable(*data: Order) -> None: ...


def with_default(data: int = 3) -> None: ...


def unknown_annotation(data: "Nowhere") -> None: ...  # noqa: F821 - that is the subject


def no_json_schema(data: NoFunction) -> None: ...


def no_result_schema() -> NoFunction: ...


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (NoFunction, "it is a class"),
        (NoFunction(), "it is a NoFunction"),
        (functools.partial(with_data, 1), "it is a partial"),
        (lambda: None, "it is a lambda"),
        (generator, "it is a generator"),
        (async_generator, "it is a generator"),
        (two_data, "'first' and 'second' both take the data"),
        (two_contexts, "'first' and 'second' both take the context"),
        (without_annotation, "'data' has no annotation"),
        (keyword_only, "keyword-only or variable"),
        (variable, "keyword-only or variable"),
        (with_default, "'data' has a default"),
        (unknown_annotation, "'Nowhere', which is not known"),
        (no_json_schema, "cannot handle the type of its data"),
        (no_result_schema, "cannot handle the type of its result"),
    ],
)
def test_decorator_refuses_what_cannot_be_a_job(function: Any, reason: str) -> None:
    with pytest.raises(JobDefinitionError, match=reason):
        job("a-job")(function)


def test_refusal_names_the_function_and_its_line() -> None:
    with pytest.raises(
        JobDefinitionError, match=r"two_data \(.*test_definition.py:\d+"
    ):
        job("a-job")(two_data)


@pytest.mark.parametrize("name", ["", " ", "a b", "a,b", "-a", "x" * 121, "ä"])
def test_decorator_refuses_names_that_are_none(name: str) -> None:
    with pytest.raises(JobDefinitionError, match="its name"):
        job(name)(with_nothing)


def test_decorator_without_a_name_says_how_to_give_one() -> None:
    with pytest.raises(JobDefinitionError, match="give it a name"):
        job(with_nothing)  # type: ignore[arg-type]  # that is the subject


def test_decorator_refuses_a_duration_of_zero() -> None:
    with pytest.raises(JobDefinitionError, match="max_duration"):
        job("a-job", max_duration=timedelta())(lambda_free())


def test_decorator_refuses_a_second_mark() -> None:
    function = job("once")(lambda_free())

    with pytest.raises(JobDefinitionError, match="mark it once"):
        job("twice")(function)


def test_wrapper_of_a_job_is_not_a_job() -> None:
    function = job("a-job")(lambda_free())

    @functools.wraps(function)
    def wrapper() -> None: ...

    assert definition_of(wrapper) is None


def test_schemas_come_from_the_annotations() -> None:
    def ship(data: Order) -> list[int]: ...  # type: ignore[empty-body]  # never called

    definition = defined(ship)

    assert definition.data_schema["properties"]["day"]["format"] == "date"
    assert definition.data_schema["required"] == ["addresses"]
    assert definition.result_schema == {"items": {"type": "integer"}, "type": "array"}


def test_job_without_data_or_result_says_so_in_its_schemas() -> None:
    definition = defined(lambda_free())

    assert definition.data_schema["additionalProperties"] is False
    assert definition.result_schema is None


@pytest.mark.parametrize(
    ("kind", "data", "decoded"),
    [
        (dict, {"a": 1}, {"a": 1}),
        (list[int], [1, 2], [1, 2]),
        (int | None, None, None),
        (date, "2026-01-02", date(2026, 1, 2)),
    ],
)
def test_data_may_be_of_any_type_that_pydantic_knows(
    kind: Any, data: Any, decoded: Any
) -> None:
    def function(data: Any) -> None: ...

    function.__annotations__["data"] = kind
    definition = defined(function)

    definition.encode_data(data)
    assert definition.decode(json.dumps(data)) == decoded


def refusal(data: Any) -> InvalidInputError:
    def ship(data: Order) -> None: ...

    with pytest.raises(InvalidInputError) as caught:
        defined(ship).encode_data(data)
    return caught.value


def test_data_that_do_not_fit_are_refused_with_the_path_and_every_reason() -> None:
    error = refusal({"addresses": [{"street": "Elm", "number": 0}, {"number": 1}]})

    assert error.path == ("data", "addresses", "0", "number")
    assert error.message == (
        "addresses.0.number: Input should be greater than or equal to 1;"
        " addresses.1.street: Field required"
    )


def test_reason_of_a_validator_is_told_without_pydantics_prefix() -> None:
    assert refusal({"addresses": []}).message == "an order needs an address"
    assert refusal({"addresses": []}).path == ("data",)


def test_refusal_tells_at_most_ten_reasons() -> None:
    message = refusal({"addresses": [{}] * 20}).message

    assert message.count(";") == 10
    assert message.endswith("and 30 more")


def test_refusal_does_not_repeat_the_data() -> None:
    assert "hunter2" not in refusal({"addresses": "hunter2"}).message


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"addresses": math.nan}, "Out of range"),
        ({"addresses": "a\0"}, "NUL"),
        ({"addresses": "\ud800"}, "surrogate"),
        ({"addresses": "x" * 600_000}, "at most 524,288"),
        ({"addresses": object()}, "not JSON serializable"),
    ],
)
def test_data_that_are_no_storable_json_are_refused(data: Any, reason: str) -> None:
    error = refusal(data)

    assert reason in error.message
    assert error.path == ("data",)


@pytest.mark.parametrize("data", [{}, None])
def test_job_without_data_takes_an_empty_object_or_nothing(data: Any) -> None:
    defined(lambda_free()).encode_data(data)


def test_job_without_data_refuses_any() -> None:
    with pytest.raises(InvalidInputError, match="takes no data"):
        defined(lambda_free()).encode_data({"a": 1})


@dataclass
class Point:
    x: float


def returning(kind: Any) -> JobDefinition:
    def function() -> None: ...

    function.__annotations__["return"] = kind
    return defined(function)


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (None, None, None),
        (None, {"a": (1, 2)}, '{"a":[1,2]}'),
        (Any, {"day": date(2026, 1, 2)}, '{"day":"2026-01-02"}'),
        (int | None, None, "null"),
        (Point, Point(1), '{"x":1.0}'),
        (Address, Address(street="Ö", number=1), '{"street":"Ö","number":1}'),
    ],
)
def test_result_is_written_as_its_annotation_says(
    kind: Any, value: Any, text: str | None
) -> None:
    assert returning(kind).encode(value) == text


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        (Any, object(), "cannot be written as JSON"),
        (Any, {"a": math.nan}, "Out of range"),
        (dict[str, float], {"a": math.inf}, "Out of range"),
        (Point, Point(math.nan), "Out of range"),
        (Any, "\0", "NUL"),
        (Any, "\ud800", "surrogate"),
        (Any, "x" * 1_100_000, "at most 1,048,576"),
        (int, "one", "Expected `int`"),
        (Address, {"street": "Elm"}, "Expected `Address`"),
    ],
)
def test_result_that_is_no_storable_json_is_refused(
    kind: Any, value: Any, reason: str
) -> None:
    with pytest.raises(InvalidInputError, match=reason):
        returning(kind).encode(value)
