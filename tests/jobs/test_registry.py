"""Which types of job there are."""

import types

import pytest

from jobwire.jobs.decorator import job
from jobwire.jobs.definition import JobDefinition
from jobwire.jobs.errors import UnknownTypeError
from jobwire.jobs.registry import (
    DuplicateTypeError,
    NotAJobError,
    Registry,
    collect,
)


@job("count")
def count(data: int) -> int:
    return data


@job("add")
async def add() -> None: ...


@job("count")
def other_count() -> None: ...


def test_registry_lists_its_types_by_name() -> None:
    registry = Registry(collect(count, add))

    assert registry.names() == ("add", "count")
    assert [one.name for one in registry.definitions()] == ["add", "count"]


def test_registry_names_near_words_for_an_unknown_type() -> None:
    with pytest.raises(UnknownTypeError, match="Did you mean 'count'"):
        Registry(collect(count)).get("cuont")


def test_find_returns_none_for_an_unknown_type() -> None:
    assert Registry().find("count") is None


def test_replace_exchanges_all_types_at_once() -> None:
    registry = Registry(collect(count))

    registry.replace(collect(add))

    assert registry.names() == ("add",)


def test_replace_with_two_types_of_one_name_changes_nothing() -> None:
    registry = Registry(collect(add))

    with pytest.raises(DuplicateTypeError, match=r"count .*other_count"):
        registry.replace([*collect(count), *collect(other_count)])

    assert registry.names() == ("add",)


def test_collect_takes_modules_functions_and_definitions_each_once() -> None:
    module = types.ModuleType("jobs")
    vars(module).update(count=count, alias=count, number=1)
    (definition,) = collect(add)

    found = collect(module, count, definition)

    assert all(isinstance(one, JobDefinition) for one in found)
    assert [one.name for one in found] == ["add", "count"]


def test_collect_refuses_what_is_no_job() -> None:
    with pytest.raises(NotAJobError, match="marked with @job"):
        collect(len)
