"""A file of tasks: Python that says `TASKS = (Task("my-task", …), …)`.

It may say `QUEUES = (Queue("mail", concurrency_limit=2), …)` too.
"""

import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from runpy import run_path

from jobwire.emulator.errors import TaskFileError
from jobwire.emulator.task import Queue, Task

_NAME = "TASKS"
_QUEUES_NAME = "QUEUES"


@dataclass(frozen=True)
class TaskFile:
    """What a file deploys.

    Attributes:
        queues: Beside those of the tasks; a file need not have any.
    """

    tasks: tuple[Task, ...]
    queues: tuple[Queue, ...] = ()


def load_tasks(file: Path) -> tuple[Task, ...]:
    """Run a file and return its tasks; see `load_task_file`."""
    return load_task_file(file).tasks


def load_task_file(file: Path) -> TaskFile:
    """Run a file and return its tasks and queues.

    Raises:
        TaskFileError: It is missing or broken, or holds no tasks, or two of one name.
    """
    if not file.is_file():
        raise TaskFileError(str(file), "there is no such file.")
    try:
        names = run_path(str(file), run_name="jobwire_emulator_tasks")
    # A file may raise anything at all, and sys.exit() is a common one.
    except (Exception, SystemExit) as error:
        place, said = _place(file, error), f"{type(error).__name__}: {error}"
        raise TaskFileError(place, f"{said}. Correct it and start again.") from error
    tasks = names.get(_NAME)
    if (
        not isinstance(tasks, Iterable)
        or not (found := tuple(tasks))
        or not all(isinstance(task, Task) for task in found)
    ):
        raise TaskFileError(
            str(file),
            "it must say `TASKS = (Task(…), …)`, with `from jobwire.emulator import"
            " Task`.",
        )
    ids = [task.id for task in found]
    if twice := {id for id in ids if ids.count(id) > 1}:
        raise TaskFileError(str(file), f"two tasks are called {min(twice)!r}.")
    queues = names.get(_QUEUES_NAME, ())
    declared = tuple(queues) if isinstance(queues, Iterable) else (queues,)
    if not all(isinstance(queue, Queue) for queue in declared):
        raise TaskFileError(str(file), "QUEUES must be like `(Queue(…), …)`.")
    return TaskFile(found, declared)


def _place(file: Path, error: BaseException) -> str:
    if isinstance(error, SyntaxError) and error.lineno is not None:
        return f"{error.filename}:{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    lines = [
        frame.lineno
        for frame in frames
        if Path(frame.filename) == file and frame.lineno
    ]
    return f"{file}:{lines[-1]}" if lines else str(file)
