"""Placement: where a new job is to run, held to the registry and to this process."""

from dataclasses import dataclass

from jobwire.jobs.definition import JobDefinition
from jobwire.jobs.errors import (
    ExecutorUnavailableError,
    InvalidInputError,
    UnknownTypeError,
)
from jobwire.jobs.registry import Registry
from jobwire.jobs.trigger_job import MAX_TASK_ID_LENGTH, TriggerJob, is_task_id
from jobwire.jobs.viewer import Viewer
from jobwire.models.vocabulary import Executor

_TASK_PATH = ("triggerTaskId",)


@dataclass(frozen=True, slots=True)
class PlacementPolicy:
    """What this process lets callers run on Trigger.dev.

    Attributes:
        unavailable: Why no job can run there, as a sentence; None: jobs can.
        any_task: Whether everybody may name any task; otherwise only types that are
            registered with `trigger_job` run there, except for admins.
    """

    unavailable: str | None = None
    any_task: bool = True


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a job is to run.

    Attributes:
        executor: Where it runs.
        trigger_task_id: The Trigger.dev task, for TRIGGER.
        definition: Its type, if that is registered.
    """

    executor: Executor
    trigger_task_id: str | None = None
    definition: JobDefinition | None = None


def place(
    type: str,
    executor: Executor | None,
    trigger_task_id: str | None,
    *,
    registry: Registry | None,
    policy: PlacementPolicy,
    viewer: Viewer,
) -> Placement:
    """Decide where a job runs.

    Without an executor it runs where its type is registered; one that names a task
    runs on Trigger.dev.

    Args:
        type: The name of its type.
        executor: Where the caller wants it; None: nothing was said.
        trigger_task_id: The task that the caller named.
        registry: The types to hold it to; None: any type.
        policy: What this process allows.
        viewer: Who asks.

    Raises:
        UnknownTypeError: The type is not registered, and must be.
        InvalidInputError: Executor, task and type do not go together.
        ExecutorUnavailableError: No job can run on Trigger.dev from here.
    """
    definition = None if registry is None else registry.find(type)
    wanted = _wanted(executor, trigger_task_id, definition)
    if wanted is Executor.INTERNAL:
        return _internal(type, trigger_task_id, registry, definition)
    if policy.unavailable is not None:
        raise ExecutorUnavailableError(Executor.TRIGGER, policy.unavailable)
    if isinstance(definition, TriggerJob):
        return _registered(definition, trigger_task_id)
    if definition is not None:
        raise InvalidInputError(
            f"{type!r} is registered to run {definition.executor.name}, not TRIGGER."
            " Choose another type, or leave out executor and triggerTaskId.",
            path=("executor",),
        )
    if registry is not None and not (policy.any_task or viewer.is_admin):
        raise UnknownTypeError(
            type,
            [one.name for one in registry.definitions() if isinstance(one, TriggerJob)],
        )
    return Placement(Executor.TRIGGER, _task(trigger_task_id))


def _wanted(
    executor: Executor | None,
    trigger_task_id: str | None,
    definition: JobDefinition | None,
) -> Executor:
    if executor is not None:
        return executor
    if definition is not None and trigger_task_id is None:
        return definition.executor
    return Executor.INTERNAL if trigger_task_id is None else Executor.TRIGGER


def _internal(
    type: str,
    trigger_task_id: str | None,
    registry: Registry | None,
    definition: JobDefinition | None,
) -> Placement:
    if trigger_task_id is not None:
        raise InvalidInputError(
            "triggerTaskId is for jobs on Trigger.dev; leave it out, or choose the"
            " executor TRIGGER.",
            path=_TASK_PATH,
        )
    if registry is not None:
        definition = registry.get(type)
    if isinstance(definition, TriggerJob):
        raise InvalidInputError(
            f"{type!r} is registered to run TRIGGER, not INTERNAL. Leave out executor.",
            path=("executor",),
        )
    return Placement(Executor.INTERNAL, definition=definition)


def _registered(definition: TriggerJob, trigger_task_id: str | None) -> Placement:
    task = definition.trigger_task_id
    if trigger_task_id not in (None, task):
        raise InvalidInputError(
            f"{definition.name!r} is registered to run the task {task!r}, not"
            f" {trigger_task_id!r}. Leave out triggerTaskId.",
            path=_TASK_PATH,
        )
    return Placement(Executor.TRIGGER, task, definition)


def _task(trigger_task_id: str | None) -> str:
    if trigger_task_id is None:
        raise InvalidInputError(
            "A job on Trigger.dev needs triggerTaskId, the id of its task, unless its"
            " type is registered with trigger_job.",
            path=_TASK_PATH,
        )
    if not is_task_id(trigger_task_id):
        raise InvalidInputError(
            f"triggerTaskId must have 1 to {MAX_TASK_ID_LENGTH} printable characters.",
            path=_TASK_PATH,
        )
    return trigger_task_id
