"""Tasks of a Trigger.dev project as types of job."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pydantic import BaseModel

from jobwire.jobs.attention import Attention
from jobwire.jobs.decorator import definition_of, job
from jobwire.jobs.definition import JobDefinitionError
from jobwire.jobs.errors import InvalidInputError
from jobwire.jobs.loading import JobSource
from jobwire.jobs.orphan_policy import OrphanPolicy
from jobwire.jobs.registry import DuplicateTypeError, Registry, collect
from jobwire.jobs.retry_config import RetryConfig
from jobwire.jobs.trigger_job import trigger_job
from jobwire.models.vocabulary import Executor


class Order(BaseModel):
    number: int


class Receipt(BaseModel):
    total: float


def test_a_name_is_enough() -> None:
    one = trigger_job("send-invoice")

    assert (one.name, one.trigger_task_id) == ("send-invoice", "send-invoice")
    assert one.executor is Executor.TRIGGER
    assert one.retry_config == RetryConfig()
    assert (one.description, one.max_duration) == (None, None)
    assert (one.data_schema, one.result_schema) == ({}, None)
    assert one.place == "trigger_job('send-invoice') for the task 'send-invoice'"


@job("render")
def render() -> None: ...


def test_a_type_that_moved_here_keeps_the_function_of_its_open_jobs() -> None:
    moved = trigger_job("render", moved_from=render)

    registry = Registry(collect(render, moved))

    assert registry.definitions() == (moved,)
    assert moved.moved_from is definition_of(render)


@pytest.mark.parametrize(
    ("name", "function"),
    [("render", test_a_name_is_enough), ("invoice", render)],
    ids=["no job", "another type"],
)
def test_a_type_can_only_move_from_its_own_function(
    name: str, function: Callable[..., Any]
) -> None:
    with pytest.raises(JobDefinitionError, match=f"marked with @job\\('{name}'\\)"):
        trigger_job(name, moved_from=function)


def test_everything_can_be_said() -> None:
    one = trigger_job(
        "invoice",
        task_id="send/invoice v2",
        data=Order,
        result=Receipt,
        description="Send it.",
        retry_config=RetryConfig(max_attempts=7),
        max_duration=timedelta(seconds=5),
        attention=Attention(heartbeat_late=timedelta(hours=1)),
    )

    assert one.attention == Attention(heartbeat_late=timedelta(hours=1))
    assert (one.trigger_task_id, one.description) == ("send/invoice v2", "Send it.")
    assert one.retry_config.max_attempts == 7
    assert one.max_duration == timedelta(seconds=5)
    assert one.data_schema["properties"]["number"] == {
        "title": "Number",
        "type": "integer",
    }
    assert one.result_schema is not None
    assert "total" in one.result_schema["properties"]


@pytest.mark.parametrize("data", [{}, None, 7, ["a"], {"any": "thing"}], ids=str)
def test_without_a_type_any_json_will_do(data: Any) -> None:
    trigger_job("send-invoice").encode_data(data)


def test_data_are_held_to_their_type() -> None:
    one = trigger_job("send-invoice", data=Order)

    one.encode_data({"number": 1})
    with pytest.raises(InvalidInputError) as refusal:
        one.encode_data({"number": "first"})
    assert refusal.value.path == ("data", "number")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"name": ""}, "its name"),
        ({"name": "a b"}, "its name"),
        ({"task_id": ""}, "1 to 255 printable"),
        ({"task_id": "x" * 256}, "1 to 255 printable"),
        ({"task_id": "a\0b"}, "1 to 255 printable"),
        ({"max_duration": timedelta()}, "above zero"),
        ({"max_duration": timedelta(seconds=4)}, "below 5 seconds"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_where_it_is_written(
    given: dict[str, Any], reason: str
) -> None:
    with pytest.raises(JobDefinitionError, match=reason):
        trigger_job(**{"name": "send-invoice", **given})


def test_it_is_gathered_from_modules_and_by_itself() -> None:
    one, other = trigger_job("one"), trigger_job("other")
    module = ModuleType("theirs")
    module.__dict__.update(first=one, again=one, number=7)

    assert collect(module, other) == (one, other)


def test_two_of_one_name_are_refused() -> None:
    with pytest.raises(DuplicateTypeError, match="for the task 'a' and"):
        collect(trigger_job("one", task_id="a"), trigger_job("one", task_id="b"))


def test_a_file_of_jobs_may_hold_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "jobs.py").write_text(
        "import jobwire\nINVOICE = jobwire.trigger_job('send-invoice')\n"
    )
    source = JobSource("jobs.py", directory=tmp_path)

    [loaded] = source.load()
    source.close()

    assert loaded.executor is Executor.TRIGGER
    assert loaded.name == "send-invoice"


def test_one_that_cannot_be_is_told_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "jobs.py").write_text(
        "from jobwire import trigger_job\nINVOICE = trigger_job('a b')\n"
    )
    source = JobSource("jobs.py", directory=tmp_path)

    with pytest.raises(Exception, match=r"JOBWIRE_JOBS=jobs\.py: .*its name"):
        source.load()
    source.close()


def test_a_lost_job_fails_unless_its_type_says_otherwise() -> None:
    assert trigger_job("t").orphan_policy is OrphanPolicy.FAIL
    assert trigger_job("t", orphan_policy="hold").orphan_policy is OrphanPolicy.HOLD


def test_a_policy_that_is_not_known_is_refused() -> None:
    with pytest.raises(JobDefinitionError, match="one of fail, retry, hold"):
        trigger_job("t", orphan_policy="forget")  # type: ignore[arg-type]  # the point


def test_the_registry_tells_the_policy_of_a_type() -> None:
    registry = Registry([trigger_job("t", orphan_policy="retry")])

    assert registry.orphan_policy_of("t") is OrphanPolicy.RETRY
    assert registry.orphan_policy_of("unknown") is OrphanPolicy.FAIL
