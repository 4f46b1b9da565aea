"""The directory that holds one cluster and everything beside it."""

import json
import secrets
import socket
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from jobwire.app.postgres.errors import PostgresStartError
from jobwire.app.postgres.locks import FileLock

_LOG_LIMIT = 10 * 2**20  # bytes; a longer log becomes log.1 at the next start
_LOG_TAIL = 20  # lines shown when a start fails
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, as its keeper wrote it to `server.json`."""

    port: int
    version: str
    keeper_pid: int
    server_pid: int


@dataclass(frozen=True, slots=True)
class StateDirectory:
    """Names and reads the files of one cluster.

    `data/` is the cluster, `run/` its socket, `log` what it says. `start.lock` is
    held by a client while it looks for or starts a server, `lease` by every client
    for as long as it uses one, `keeper.lock` by the keeper, and `server.lock` by
    every process of the server.
    """

    root: Path

    @property
    def data(self) -> Path:
        """The data directory; it exists once it is complete."""
        return self.root / "data"

    @property
    def password_file(self) -> Path:
        """The superuser's password, made with the cluster."""
        return self.root / "password"

    @property
    def log(self) -> Path:
        """What the server and its keeper write."""
        return self.root / "log"

    @property
    def start_lock(self) -> Path:
        """Held by the one client that may start a server."""
        return self.root / "start.lock"

    @property
    def lease(self) -> Path:
        """Shared by clients; the keeper takes it alone when they are gone."""
        return self.root / "lease"

    @property
    def keeper_lock(self) -> Path:
        """Held by the keeper from its start until its server has ended."""
        return self.root / "keeper.lock"

    @property
    def server_file(self) -> Path:
        """Written by the keeper when its server is ready."""
        return self.root / "server.json"

    def create(self) -> None:
        """Makes what is missing; only the owner may enter."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.root / "run").mkdir(mode=0o700, exist_ok=True)

    def make_password(self) -> None:
        """Draws the superuser's password for a cluster that is about to be made."""
        fresh = self.root / "password.new"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(24))
        fresh.replace(self.password_file)

    def password(self) -> str:
        """The superuser's password.

        Raises:
            PostgresStartError: there are data, but their password is lost.
        """
        try:
            return self.password_file.read_text()
        except FileNotFoundError as error:
            raise PostgresStartError(
                self.root, f"nobody can log in without {self.password_file}", ""
            ) from error

    def data_major(self) -> int | None:
        """The major version that made the data, None if they do not say."""
        try:
            return int((self.data / "PG_VERSION").read_text())
        except FileNotFoundError:
            return None

    def last_port(self) -> int | None:
        """The port of the server that ran last, None before the first."""
        try:
            return int((self.root / "port").read_text())
        except FileNotFoundError:
            return None

    def server(self) -> Server | None:
        """What a keeper wrote; it is true for as long as that keeper lives."""
        try:
            return Server(**json.loads(self.server_file.read_text()))
        except FileNotFoundError:
            return None

    def running_server(self) -> Server | None:
        """The server that runs now and will for as long as the caller's lease.

        Must be called under the start lock, with the lease held.
        """
        server = self.server()
        with FileLock(self.keeper_lock) as keeper:
            if server is None or keeper.try_shared():
                return None
        # The server may have just died, and its keeper be about to notice.
        return server if _answers(server.port) else None

    def open_log(self) -> BinaryIO:
        """Opens the log for appending; an overlong one is set aside first."""
        if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT:
            self.log.replace(self.root / "log.1")
        return self.log.open("ab")

    def log_tail(self, start: int) -> str:
        """The last lines of the log after the byte `start`."""
        with self.log.open("rb") as log:
            log.seek(start)
            return "\n".join(
                log.read().decode(errors="replace").splitlines()[-_LOG_TAIL:]
            )


def _answers(port: int) -> bool:
    """Whether a living server is behind the port.

    A connection alone is no proof: the kernel accepts it for a process that it is
    about to end. The question whether the server speaks TLS has to be answered by
    the server, and leaves no trace in its log.
    """
    try:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(_SSL_REQUEST)
            return connection.recv(1) != b""
    except ConnectionError:
        return False
