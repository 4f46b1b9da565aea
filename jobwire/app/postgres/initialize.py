"""Making the cluster: its files, its superuser and its one database."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from jobwire.app.postgres.binaries import Binaries
from jobwire.app.postgres.errors import PostgresStartError
from jobwire.app.postgres.state import StateDirectory

DATABASE = "jobwire"
USER = "jobwire"

_LAUNCHER = Path(__file__).with_name("launch.py")
_BUILTIN_LOCALE_MAJOR = 17


def initialize(
    state: StateDirectory, binaries: Binaries, settings: Mapping[str, str]
) -> None:
    """Makes the data directory, which appears only when it is complete.

    Must be called under the start lock. With `fsync=off` among the settings the
    files are not forced to the disk either.

    Raises:
        PostgresStartError: initdb or the creation of the database failed.
    """
    state.make_password()
    for unfinished in state.root.glob("data.new-*"):
        # An initdb whose starter was killed may be writing its last files.
        shutil.rmtree(unfinished, ignore_errors=True)
    fresh = state.root / f"data.new-{os.getpid()}"
    durable = settings.get("fsync") != "off"
    _run(
        state,
        binaries.bin_dir / "initdb",
        f"--pgdata={fresh}",
        f"--username={USER}",
        f"--pwfile={state.password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--no-instructions",
        *_locale(binaries),
        *_sync(binaries, durable=durable),
    )
    _run(
        state,
        binaries.bin_dir / "postgres",
        "--single",
        *("-D", str(fresh)),
        *("-c", "log_checkpoints=off"),
        *("-c", f"fsync={'on' if durable else 'off'}"),
        "postgres",
        statement=f"CREATE DATABASE {DATABASE}\n",
    )
    fresh.rename(state.data)


def launch_environment() -> dict[str, str]:
    """Our environment without the variables that steer PostgreSQL."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PG", "LC_"))
    }
    return {**kept, "LC_ALL": "C"}


def _locale(binaries: Binaries) -> list[str]:
    if binaries.major < _BUILTIN_LOCALE_MAJOR:
        return ["--locale=C.UTF-8"]
    # The same order and case rules everywhere, whatever locales the system has.
    return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]


def _sync(binaries: Binaries, *, durable: bool) -> list[str]:
    if not durable:
        return ["--no-sync"]
    if sys.platform == "linux" and binaries.major >= _BUILTIN_LOCALE_MAJOR:
        # One call for the file system instead of one for each of 1,000 files.
        return ["--sync-method=syncfs"]
    return []


def _run(
    state: StateDirectory, program: Path, *arguments: str, statement: str = ""
) -> None:
    launch = [sys.executable, "-I", "-S", str(_LAUNCHER), str(os.getpid())]
    with state.open_log() as log:
        start = log.tell()
        ended = subprocess.run(  # noqa: S603  (a file of this package)
            [*launch, state.root, program, *arguments],
            input=statement.encode(),
            stdout=log,
            stderr=log,
            env=launch_environment(),
            check=False,
        )
    if ended.returncode != 0:
        raise PostgresStartError(
            state.root,
            f"{program.name} ended with exit status {ended.returncode}",
            state.log_tail(start),
        )
