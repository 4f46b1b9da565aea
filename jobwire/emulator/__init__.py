"""A local Trigger.dev: enough of its API to run jobs on, for development and tests."""

from jobwire.emulator.alert_channels import AlertChannel
from jobwire.emulator.emulator import DEFAULT_SECRET_KEY, Emulator
from jobwire.emulator.errors import EmulatorError, FaultError
from jobwire.emulator.faults import (
    Answer,
    CorruptWebhook,
    Crash,
    DelayWebhook,
    Drop,
    DuplicateWebhook,
    Fault,
    Faults,
    LagList,
    LoseWebhook,
    ReorderWebhook,
    Slow,
    StopTicking,
)
from jobwire.emulator.hook_moments import (
    HookError,
    HookKind,
    HookMoment,
    HookProgress,
    HookSender,
)
from jobwire.emulator.manual_clock import ManualClock
from jobwire.emulator.task import (
    Attempt,
    Queue,
    Retry,
    Step,
    Task,
    TaskCrash,
    TaskError,
    Wait,
)
from jobwire.emulator.task_file import TaskFile, load_task_file, load_tasks
from jobwire.emulator.tasks import QUEUES, TASKS

__all__ = [
    "DEFAULT_SECRET_KEY",
    "QUEUES",
    "TASKS",
    "AlertChannel",
    "Answer",
    "Attempt",
    "CorruptWebhook",
    "Crash",
    "DelayWebhook",
    "Drop",
    "DuplicateWebhook",
    "Emulator",
    "EmulatorError",
    "Fault",
    "FaultError",
    "Faults",
    "HookError",
    "HookKind",
    "HookMoment",
    "HookProgress",
    "HookSender",
    "LagList",
    "LoseWebhook",
    "ManualClock",
    "Queue",
    "ReorderWebhook",
    "Retry",
    "Slow",
    "Step",
    "StopTicking",
    "Task",
    "TaskCrash",
    "TaskError",
    "TaskFile",
    "Wait",
    "load_task_file",
    "load_tasks",
]
