"""Placement: where a job runs, and what does not go together."""

from typing import Any

import pytest

from jobwire.jobs.decorator import definition_of, job
from jobwire.jobs.errors import (
    ExecutorUnavailableError,
    InvalidInputError,
    UnknownTypeError,
)
from jobwire.jobs.placement import Placement, PlacementPolicy, place
from jobwire.jobs.registry import Registry, collect
from jobwire.jobs.trigger_job import trigger_job
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.models.vocabulary import Executor

USER = Viewer("user-1", frozenset({Scope.JOBS_WRITE}))
ADMIN = Viewer("operator", frozenset({Scope.ADMIN}))


@job("here")
def here() -> None:
    """Run on our own workers."""


THERE = trigger_job("there", task_id="task-there")
REGISTRY = Registry(collect(here, THERE))
INTERNAL, TRIGGER = Executor.INTERNAL, Executor.TRIGGER
ONLY_REGISTERED = PlacementPolicy(any_task=False)


def placed(
    type: str,
    executor: Executor | None = None,
    task: str | None = None,
    **given: Any,
) -> Placement:
    return place(
        type,
        executor,
        task,
        **{
            "registry": REGISTRY,
            "policy": PlacementPolicy(),
            "viewer": USER,
            **given,
        },
    )


@pytest.mark.parametrize("executor", [None, INTERNAL])
def test_a_function_runs_on_our_own_workers(executor: Executor | None) -> None:
    assert placed("here", executor) == Placement(INTERNAL, None, definition_of(here))


@pytest.mark.parametrize("executor", [None, TRIGGER])
@pytest.mark.parametrize("task", [None, "task-there"])
def test_a_registered_task_runs_on_trigger_dev(
    executor: Executor | None, task: str | None
) -> None:
    expected = Placement(TRIGGER, "task-there", THERE)

    assert placed("there", executor, task) == expected
    assert placed("there", executor, task, policy=ONLY_REGISTERED) == expected


@pytest.mark.parametrize("executor", [None, TRIGGER])
def test_any_task_can_be_named_where_that_is_allowed(executor: Executor | None) -> None:
    assert placed("new", executor, "task-1") == Placement(TRIGGER, "task-1")


def test_only_an_admin_may_name_any_task_elsewhere() -> None:
    asked = placed("new", TRIGGER, "task-1", policy=ONLY_REGISTERED, viewer=ADMIN)

    assert asked == Placement(TRIGGER, "task-1")
    with pytest.raises(UnknownTypeError) as refusal:
        placed("thera", TRIGGER, "task-1", policy=ONLY_REGISTERED)
    assert refusal.value.known == ("there",)


@pytest.mark.parametrize("executor", [None, INTERNAL])
def test_a_type_that_is_not_registered_runs_nowhere_without_a_task(
    executor: Executor | None,
) -> None:
    with pytest.raises(UnknownTypeError) as refusal:
        placed("hare", executor)

    assert refusal.value.known == ("here", "there")


def test_without_a_registry_any_type_runs_where_it_is_asked_to() -> None:
    nothing: dict[str, Any] = {"registry": None, "policy": ONLY_REGISTERED}

    assert placed("new", **nothing) == Placement(INTERNAL)
    assert placed("new", TRIGGER, "task-1", **nothing) == Placement(TRIGGER, "task-1")


@pytest.mark.parametrize(
    ("asked", "path", "message"),
    [
        (("here", TRIGGER), "executor", "registered to run INTERNAL, not TRIGGER"),
        (("here", None, "t"), "executor", "registered to run INTERNAL, not TRIGGER"),
        (("there", INTERNAL), "executor", "registered to run TRIGGER, not INTERNAL"),
        (("here", INTERNAL, "t"), "triggerTaskId", "for jobs on Trigger.dev"),
        (("there", None, "other"), "triggerTaskId", "the task 'task-there', not"),
        (("new", TRIGGER), "triggerTaskId", "needs triggerTaskId"),
        (("new", None, ""), "triggerTaskId", "1 to 255 printable"),
        (("new", None, "x" * 256), "triggerTaskId", "1 to 255 printable"),
        (("new", None, "a\0b"), "triggerTaskId", "1 to 255 printable"),
        (("new", None, "a\ud800"), "triggerTaskId", "1 to 255 printable"),
    ],
    ids=str,
)
def test_what_does_not_go_together_is_refused_with_its_path(
    asked: tuple[Any, ...], path: str, message: str
) -> None:
    with pytest.raises(InvalidInputError, match=message) as refusal:
        placed(*asked)

    assert refusal.value.path == (path,)


@pytest.mark.parametrize(
    "asked", [("there",), ("new", TRIGGER, "t"), ("new", None, "t")], ids=str
)
def test_where_no_job_can_run_on_trigger_dev_the_reason_is_told(
    asked: tuple[Any, ...],
) -> None:
    with pytest.raises(ExecutorUnavailableError) as refusal:
        placed(*asked, policy=PlacementPolicy("It is switched off."))

    assert refusal.value.executor is TRIGGER
    assert refusal.value.message == "It is switched off."
    assert refusal.value.is_retryable is False
    assert placed("here", policy=PlacementPolicy("off")).executor is INTERNAL
