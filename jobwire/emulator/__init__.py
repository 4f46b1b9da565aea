"""A local Trigger.dev: enough of its API to run jobs on, for development and tests."""

from jobwire.emulator.emulator import DEFAULT_SECRET_KEY, Emulator
from jobwire.emulator.errors import EmulatorError
from jobwire.emulator.hook_moments import (
    HookError,
    HookKind,
    HookMoment,
    HookProgress,
    HookSender,
)
from jobwire.emulator.task import Retry, Step, Task, TaskError
from jobwire.emulator.task_file import load_tasks
from jobwire.emulator.tasks import TASKS

__all__ = [
    "DEFAULT_SECRET_KEY",
    "TASKS",
    "Emulator",
    "EmulatorError",
    "HookError",
    "HookKind",
    "HookMoment",
    "HookProgress",
    "HookSender",
    "Retry",
    "Step",
    "Task",
    "TaskError",
    "load_tasks",
]
