"""The keeper: a small process that owns one embedded server while anyone uses it.

    python -I -S keeper.py ROOT        (started by `cluster.acquire`)

It reads one line of JSON, the `Launch`, starts the server as its child, and answers
with one line: what went wrong, or nothing. A starter that is still alive then says
`keep`, and the keeper waits for the lease that every client shares: the kernel
grants it once the last client has released it or died. Then the server is stopped.

`server.lock` is inherited by every process of the server, so holding it proves
that none is left, whoever was killed. Where the kernel knows no parent-death
signal (macOS), a server whose keeper was killed runs on until the next keeper
finds that lock held and ends it.

Run by path with the standard library alone: importing `jobwire` would load the
whole system into a process that has to stay small.
"""

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import NamedTuple, TypedDict

_LAUNCHER = Path(__file__).with_name("launch.py")
_PORTS_TRIED = 3
_READY_INTERVAL = 0.005  # seconds
_SOCKET_FOLDER_LIMIT = 103 - len("/.s.PGSQL.65535")  # bytes; 107 on Linux
_STOP_PATIENCE = 30.0  # seconds that a fast shutdown may take, checkpoint included


class Launch(TypedDict):
    """What the starter asks for.

    Attributes:
        version: Of the binaries, for people to read.
        port: Used again if it is free, so that URLs outlive a restart.
        settings: As in postgresql.conf.
    """

    bin_dir: str
    version: str
    port: int | None
    settings: dict[str, str]


class StartFailedError(Exception):
    """Told to the starter, who adds the end of the log."""


class Measure(NamedTuple):
    """A way to end a server, and how many seconds it is given."""

    signal: signal.Signals
    postmaster_only: bool
    patience: float


_FAST_SHUTDOWN = Measure(signal.SIGINT, postmaster_only=True, patience=10)
_QUIT = Measure(signal.SIGQUIT, postmaster_only=False, patience=5)
_KILL = Measure(signal.SIGKILL, postmaster_only=False, patience=5)


class Keeper:
    """One server on one data directory, from start to stop."""

    def __init__(self, root: Path, launch: Launch) -> None:
        self._root = root
        self._data = root / "data"
        self._launch = launch
        self._ended = threading.Event()

    def run(self) -> None:
        """Starts the server and stays until its last process has ended."""
        _lock(self._root / "keeper.lock")
        try:
            server_lock = self._end_predecessor()
            server, port = self._start(server_lock)
        except StartFailedError as error:
            _answer(str(error))
            return
        self._write_server_file(server.pid, port)
        signal.signal(signal.SIGTERM, lambda *_: server.send_signal(signal.SIGINT))
        _answer(None)
        if sys.stdin.readline() == "keep\n":
            threading.Thread(
                target=self._stop_when_unused, args=[server], daemon=True
            ).start()
        else:
            server.send_signal(signal.SIGINT)
        server.wait()
        self._ended.set()
        (self._root / "server.json").unlink(missing_ok=True)
        # A killed postmaster leaves its children behind, and the busy ones would
        # not notice before their query ends.
        os.close(server_lock)
        self._end_server(_QUIT, _KILL)

    def _stop_when_unused(self, server: subprocess.Popen[bytes]) -> None:
        _lock(self._root / "lease")
        server.send_signal(signal.SIGINT)
        if not self._ended.wait(_STOP_PATIENCE):
            server.send_signal(signal.SIGQUIT)

    def _end_predecessor(self) -> int:
        """Takes the server lock; ends the server of a keeper that was killed."""
        descriptor = self._end_server(_FAST_SHUTDOWN, _QUIT, _KILL)
        stranger = self._postmaster_pid()
        if stranger and stranger in self._server_processes():
            message = f"process {stranger}, not started by a keeper, serves it"
            raise StartFailedError(message)
        # PostgreSQL would refuse to start if the number of a server that was killed
        # had a new owner, or were that of a process nobody has waited for.
        for stale in (self._data / "postmaster.pid", *self._root.glob("run/.s.*")):
            stale.unlink(missing_ok=True)
        return descriptor

    def _end_server(self, *measures: Measure) -> int:
        """Takes the server lock by the mildest measure that suffices."""
        path = self._root / "server.lock"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        for measure in measures:
            targets = self._server_processes()
            if measure.postmaster_only:
                targets &= {self._postmaster_pid()}
                if not targets:
                    continue
            for pid in targets:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, measure.signal)
            with contextlib.suppress(TimeoutError), _deadline(measure.patience):
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                return descriptor
        message = f"an earlier server does not end: {self._server_processes()}"
        raise StartFailedError(message)

    def _server_processes(self) -> set[int]:
        """Ids of the server's processes; without a /proc, that of the postmaster."""
        if sys.platform != "linux":
            processes = subprocess.run(
                ["/bin/ps", "-axo", "pid=,command="],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            return {
                int(process.split()[0])
                for process in processes.splitlines()
                if f"postgres -D {self._data} " in process
            }
        found = set()
        for process in Path("/proc").glob("[0-9]*"):
            # All of them work in the data directory. Any may end as we look.
            with contextlib.suppress(OSError):
                if (process / "comm").read_text() == "postgres\n" and (
                    process / "cwd"
                ).readlink() == self._data:
                    found.add(int(process.name))
        return found

    def _postmaster_pid(self) -> int:
        try:
            return int((self._data / "postmaster.pid").read_text().split()[0])
        except (FileNotFoundError, IndexError):
            return 0

    def _start(self, server_lock: int) -> tuple[subprocess.Popen[bytes], int]:
        """Starts the server and waits until it takes connections."""
        port = self._launch["port"]
        for _ in range(_PORTS_TRIED):
            if port is None or not _is_free(port):
                port = _free_port()
            server = self._spawn(server_lock, port)
            status = self._wait_until_ready(server)
            if status is None:
                return server, port
            if _is_free(port):
                message = f"postgres ended with exit status {status}"
                raise StartFailedError(message)
        message = f"other processes took {_PORTS_TRIED} free ports before it could"
        raise StartFailedError(message)

    def _spawn(self, server_lock: int, port: int) -> subprocess.Popen[bytes]:
        """Starts a postmaster that dies with the keeper.

        Must be called in the main thread: it is the thread's death that counts.
        """
        launch = [sys.executable, "-I", "-S", str(_LAUNCHER), str(os.getpid())]
        postgres = Path(self._launch["bin_dir"], "postgres")
        return subprocess.Popen(  # noqa: S603  (a file of this package)
            [*launch, self._root, postgres, "-D", self._data, *self._settings(port)],
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,  # the log
            pass_fds=[server_lock],
        )

    def _settings(self, port: int) -> Iterator[str]:
        socket_folder = self._root / "run"
        # The address of a unix socket is short; without one there is still TCP.
        fits = len(os.fsencode(socket_folder)) <= _SOCKET_FOLDER_LIMIT
        settings = {
            "max_connections": "100",
            "shared_buffers": "64MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_checkpoints": "off",
            **self._launch["settings"],
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": str(socket_folder) if fits else "",
            "unix_socket_permissions": "0700",
        }
        for name, value in settings.items():
            yield from ("-c", f"{name}={value}")

    def _wait_until_ready(self, server: subprocess.Popen[bytes]) -> int | None:
        """Returns None once the server takes connections, or else its exit status.

        Crash recovery may take any time, so the only limit is the server's life.
        """
        pid_file = self._data / "postmaster.pid"
        while True:
            with contextlib.suppress(FileNotFoundError):
                lines = [line.strip() for line in pid_file.read_text().splitlines()]
                # The file of a server that was killed says "ready" too.
                if lines[:1] == [str(server.pid)] and lines[7:8] == ["ready"]:
                    return None
            # PostgreSQL announces it by this file alone.
            with contextlib.suppress(subprocess.TimeoutExpired):
                return server.wait(_READY_INTERVAL)

    def _write_server_file(self, server_pid: int, port: int) -> None:
        content = {
            "port": port,
            "version": self._launch["version"],
            "keeper_pid": os.getpid(),
            "server_pid": server_pid,
        }
        (self._root / "port").write_text(str(port))
        fresh = self._root / "server.json.new"
        fresh.write_text(json.dumps(content))
        fresh.replace(self._root / "server.json")


def main() -> None:
    """Leaves the starter's process tree and keeps the server."""
    if os.fork():
        # The starter waits for this process, and so never holds a zombie of ours.
        os._exit(0)
    Keeper(Path(sys.argv[1]), json.loads(sys.stdin.readline())).run()


def _answer(failure: str | None) -> None:
    # A starter that has died is noticed when it does not say "keep".
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.write(json.dumps({"failure": failure}) + "\n")
        sys.stdout.flush()


def _lock(path: Path) -> None:
    """Waits for a lock, which this process then holds until it ends."""
    fcntl.flock(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), fcntl.LOCK_EX)


@contextlib.contextmanager
def _deadline(seconds: float) -> Iterator[None]:
    """Raises TimeoutError in a system call that blocks for longer."""

    def expire(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, expire)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


if __name__ == "__main__":
    main()
