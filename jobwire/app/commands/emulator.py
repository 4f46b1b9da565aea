"""`jobwire emulator`: a local Trigger.dev, for development and tests."""

import argparse
from pathlib import Path
from socket import socket

from jobwire.app import logs
from jobwire.app.beside_dev import DEFAULT_PORT
from jobwire.app.commands.arguments import given
from jobwire.app.listening import address_of, listen
from jobwire.app.local_emulator import FOLDER_NAME, announced
from jobwire.app.server import AppServer
from jobwire.app.settings import Settings
from jobwire.app.signals import run_until_signal
from jobwire.emulator import DEFAULT_SECRET_KEY, TASKS, Emulator, Task, load_tasks

_HOST = "127.0.0.1"
_ABOUT = f"""\
Run a local Trigger.dev: its API, and tasks whose runs move by the clock. They go on
from where they were when it is started again.

Point Jobwire, or the official SDK, at it with two variables:

  TRIGGER_API_URL=http://{_HOST}:{DEFAULT_PORT}
  TRIGGER_SECRET_KEY={DEFAULT_SECRET_KEY}
"""
_TASKS_HELP = """a Python file that describes the tasks: TASKS = (Task("my-task",
duration=2.0, output={"done": True}),), after `from jobwire.emulator import Task` (by
default: my-task, process-large-dataset, daily-report-generation and always-fails)"""
_READY = """
  tasks      {tasks}
  state      {folder}

Point Jobwire, or the official SDK, at it:

  TRIGGER_API_URL={url}
  TRIGGER_SECRET_KEY={secret_key}

Ctrl-C ends it and keeps the state.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = _ABOUT
    parser.add_argument(
        "--port",
        metavar="PORT",
        help=f"the port ({DEFAULT_PORT}, or the next free one)",
    )
    parser.add_argument(
        "--data-dir",
        metavar="DIR",
        help=f"the folder in whose `{FOLDER_NAME}` the state is (.jobwire)",
    )
    parser.add_argument("--tasks", type=Path, metavar="FILE", help=_TASKS_HELP)


def run(arguments: argparse.Namespace) -> int:
    """Run until SIGTERM or SIGINT; return the exit code."""
    settings = Settings(**given(arguments, "data_dir", "port"))
    tasks = TASKS if arguments.tasks is None else load_tasks(arguments.tasks)
    logs.configure(settings, to_file=False)
    # JOBWIRE_PORT is where Jobwire listens, which may well run beside this.
    port = None if arguments.port is None else settings.port
    with listen(_HOST, port, default=DEFAULT_PORT, or_next=True) as listener:
        run_until_signal(_serve(settings.data_dir / FOLDER_NAME, tasks, listener))
    print("stopped; the state is kept")
    return 0


async def _serve(folder: Path, tasks: tuple[Task, ...], listener: socket) -> None:
    url = f"http://{address_of(listener)}"
    async with Emulator(folder, tasks=tasks) as emulator:
        told = _READY.format(
            tasks=", ".join(task.id for task in emulator.tasks),
            folder=folder,
            url=url,
            secret_key=emulator.secret_key,
        )
        print(told, flush=True)
        with announced(folder, url):
            await AppServer(emulator.app).run_on([listener])
