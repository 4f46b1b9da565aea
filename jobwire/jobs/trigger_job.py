"""Jobs that are tasks on Trigger.dev: what is known of them here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, Literal

from jobwire.jobs.attention import Attention
from jobwire.jobs.decorator import definition_of
from jobwire.jobs.definition import (
    JobDefinition,
    JobDefinitionError,
    all_of,
    check_max_duration,
    check_name,
    check_queue_name,
)
from jobwire.jobs.function_job import FunctionJob
from jobwire.jobs.notify import Notify
from jobwire.jobs.orphan_policy import OrphanPolicy
from jobwire.jobs.retry_config import RetryConfig
from jobwire.jobs.typed_data import adapter_of, schema_of
from jobwire.models.vocabulary import Executor

#: Trigger.dev silently raises shorter limits to this (apps/webapp, `maxDuration`).
MIN_MAX_DURATION = timedelta(seconds=5)
#: The longest id of a task that a column or an address should have to carry.
MAX_TASK_ID_LENGTH = 255
_POLICIES = tuple(policy.value for policy in OrphanPolicy)
_ANY_DATA_SCHEMA: dict[str, Any] = {}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TriggerJob(JobDefinition):
    """A type of job whose code is a task of the Trigger.dev project.

    Attributes:
        trigger_task_id: The id of the task.
        moved_from: The function that ran the type before, and still runs its open
            internal jobs; None: it never ran here.
        orphan_policy: What becomes of a job whose run is gone.
    """

    executor: ClassVar[Executor] = Executor.TRIGGER

    trigger_task_id: str
    moved_from: FunctionJob | None = None
    orphan_policy: OrphanPolicy = OrphanPolicy.FAIL

    @property
    def place(self) -> str:
        """The task, for people."""
        return f"trigger_job({self.name!r}) for the task {self.trigger_task_id!r}"


def is_task_id(text: str) -> bool:
    """Whether a text can be the id of a task."""
    return 1 <= len(text) <= MAX_TASK_ID_LENGTH and text.isprintable()


def trigger_job(
    name: str,
    *,
    task_id: str | None = None,
    data: Any = None,
    result: Any = None,
    description: str | None = None,
    retry_config: RetryConfig | None = None,
    max_duration: timedelta | None = None,
    moved_from: Callable[..., Any] | None = None,
    attention: Attention | None = None,
    queue: str | None = None,
    orphan_policy: Literal["fail", "retry", "hold"] = "fail",
    notify: Notify | Iterable[Notify] | None = None,
    secret_data: bool = False,
    secret_result: bool = False,
) -> TriggerJob:
    """Register a task of the Trigger.dev project as a type of job.

    Assign what it returns to a name of the module that `JOBWIRE_JOBS` names.

    Args:
        name: The name in the API: 1-120 letters, digits and . _ : / -
        task_id: The id of the task; None: the same as the name.
        data: The type of its payload, such as a pydantic model: data that do not fit
            are refused when a job is scheduled; None: any JSON.
        result: The type of its output, for frontends; outputs are not held to it.
        description: What it does, for people.
        retry_config: What follows a failed attempt; by default `RetryConfig()`. Its
            `max_attempts` is always honoured, the delays where the project has
            `trigger/jobwire.ts`.
        max_duration: How long one attempt may run, at least 5 seconds; None: what the
            task says.
        moved_from: The function marked with `@job` that ran this type before. Its open
            jobs are still run by it; what is scheduled from now on runs as the task.
        attention: When its jobs need attention; by default as the worker is set.
        queue: The queue of the Trigger.dev project that its runs wait in; None: that
            of the task.
        orphan_policy: What becomes of a job whose run Trigger.dev does not know any
            more: `fail` ends it as FAILED with the kind ORPHANED; `retry` dispatches
            it anew, so that its code may run a second time; `hold` leaves it open
            until somebody cancels it or its run comes back.
        notify: Other back ends that are told of events of its jobs, beside those of
            `JOBWIRE_NOTIFY_URL`.
        secret_data: Whether only admins may read the data of its jobs.
        secret_result: The same of what its jobs return; not of failures.

    Raises:
        JobDefinitionError: Something of it cannot be.
    """
    owner = f"trigger_job({name!r})"
    check_name(owner, name)
    check_max_duration(owner, max_duration)
    check_queue_name(owner, queue, Executor.TRIGGER)
    if max_duration is not None and max_duration < MIN_MAX_DURATION:
        raise JobDefinitionError(
            owner,
            "Trigger.dev knows no max_duration below"
            f" {MIN_MAX_DURATION.seconds} seconds, and {max_duration} is.",
        )
    task = name if task_id is None else task_id
    if not is_task_id(task):
        raise JobDefinitionError(
            owner,
            f"its task_id must have 1 to {MAX_TASK_ID_LENGTH} printable characters.",
        )
    former = None if moved_from is None else _former(owner, name, moved_from)
    if orphan_policy not in _POLICIES:
        raise JobDefinitionError(
            owner,
            f"its orphan_policy must be one of {', '.join(_POLICIES)}, not"
            f" {orphan_policy!r}.",
        )
    adapter = adapter_of(owner, "data", Any if data is None else data)
    written = None if result is None else adapter_of(owner, "result", result)
    return TriggerJob(
        name=name,
        trigger_task_id=task,
        orphan_policy=OrphanPolicy(orphan_policy),
        description=description,
        retry_config=retry_config or RetryConfig(),
        max_duration=max_duration,
        moved_from=former,
        attention=attention or Attention(),
        queue=queue,
        notify=all_of(notify),
        secret_data=secret_data,
        secret_result=secret_result,
        data_schema=(
            dict(_ANY_DATA_SCHEMA)
            if data is None
            else schema_of(owner, "data", adapter, "validation")
        ),
        result_schema=(
            None
            if written is None
            else schema_of(owner, "result", written, "serialization")
        ),
        data_adapter=adapter,
    )


def _former(owner: str, name: str, function: Callable[..., Any]) -> FunctionJob:
    former = definition_of(function)
    if not isinstance(former, FunctionJob) or former.name != name:
        raise JobDefinitionError(
            owner, f"its moved_from must be the function marked with @job({name!r})."
        )
    return former
