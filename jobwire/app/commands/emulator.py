"""`jobwire emulator`: a local Trigger.dev, for development and tests."""

import argparse
import os
from contextlib import AsyncExitStack
from pathlib import Path
from socket import socket

from jobwire.app import logs
from jobwire.app.commands.arguments import given
from jobwire.app.exit_codes import ExitCode
from jobwire.app.listening import address_of, listen
from jobwire.app.local_emulator import DEFAULT_PORT, FOLDER_NAME, announced
from jobwire.app.server import AppServer
from jobwire.app.settings import Settings, SettingsError
from jobwire.app.signals import run_until_signal
from jobwire.emulator import (
    DEFAULT_SECRET_KEY,
    QUEUES,
    TASKS,
    AlertChannel,
    Emulator,
    TaskFile,
    load_task_file,
)
from jobwire.emulator.choose_sender import choose_sender

_HOST = "127.0.0.1"
#: What a fault that crashes the process leaves behind.
CRASHED = ExitCode.CRASHED
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
_SIGNED_HELP = """what {what} are signed with (the first secret of
TRIGGER_WEBHOOK_SECRET)"""
_UNSIGNED = """--{name}-url needs a secret to sign with: --{name}-secret, or
TRIGGER_WEBHOOK_SECRET."""
_READY = """
  page       {url}/
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
        "--host",
        metavar="HOST",
        default=_HOST,
        help=f"the address to listen on ({_HOST})",
    )
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
    parser.add_argument(
        "--hooks-url",
        metavar="URL",
        help="where lifecycle hooks tell what happens, such as"
        " http://127.0.0.1:8000/api/trigger/webhook (nowhere)",
    )
    parser.add_argument(
        "--hooks-secret", metavar="SECRET", help=_SIGNED_HELP.format(what="these")
    )
    parser.add_argument(
        "--alert-url",
        metavar="URL",
        action="append",
        default=[],
        help="where Trigger.dev's alerts go; may be given several times (nowhere)",
    )
    parser.add_argument(
        "--alert-secret", metavar="SECRET", help=_SIGNED_HELP.format(what="alerts")
    )


def run(arguments: argparse.Namespace) -> int:
    """Run until SIGTERM or SIGINT; return the exit code."""
    settings = Settings(**given(arguments, "data_dir", "port"))
    given_tasks = arguments.tasks
    deployed = (
        TaskFile(TASKS, QUEUES) if given_tasks is None else load_task_file(given_tasks)
    )
    alerts = [
        AlertChannel(url, _secret(arguments.alert_secret, settings, "alert"))
        for url in arguments.alert_url
    ]
    hooks = None
    if arguments.hooks_url is not None:
        secret = _secret(arguments.hooks_secret, settings, "hooks")
        hooks = arguments.hooks_url, secret
    logs.configure(settings, to_file=False)
    # JOBWIRE_PORT is where Jobwire listens, which may well run beside this.
    port = None if arguments.port is None else settings.port
    folder = settings.data_dir / FOLDER_NAME
    with listen(arguments.host, port, default=DEFAULT_PORT, or_next=True) as listener:
        run_until_signal(_serve(folder, deployed, alerts, hooks, listener))
    print("stopped; the state is kept")
    return 0


def _secret(argument: str | None, settings: Settings, name: str) -> str:
    if argument:
        return argument
    if settings.trigger_webhook_secret is None:
        raise SettingsError(_UNSIGNED.format(name=name).replace("\n", " "))
    secrets: str = settings.trigger_webhook_secret.get_secret_value()
    return secrets.split(",", maxsplit=1)[0].strip()


async def _serve(
    folder: Path,
    deployed: TaskFile,
    alerts: list[AlertChannel],
    hooks: tuple[str, str] | None,
    listener: socket,
) -> None:
    url = f"http://{address_of(listener)}"
    async with AsyncExitStack() as stack:
        sender = None
        if hooks is not None:
            sender = await stack.enter_async_context(choose_sender(*hooks))
        emulator = await stack.enter_async_context(
            Emulator(
                folder,
                tasks=deployed.tasks,
                queues=deployed.queues,
                hooks=sender,
                alerts=alerts,
                crash=lambda: os._exit(CRASHED),
            )
        )
        told = _READY.format(
            tasks=", ".join(task.id for task in emulator.tasks),
            folder=folder,
            url=url,
            secret_key=emulator.secret_key,
        )
        print(told, flush=True)
        with announced(folder, url):
            await AppServer(emulator.app).run_on([listener])
