"""`jobwire serve` as a process of its own, which a test may kill and start again."""

import json
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr

from jobwire.app.tokens import mint_token
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.viewer import Scope
from tests.app.commands import Command

SECRET = "the-secret-of-these-tests-and-of-no-others"
USER = "user-1"


#: What whoever reads and schedules jobs may do.
READ_AND_WRITE = (Scope.JOBS_READ, Scope.JOBS_WRITE)


def token(
    user: str = USER,
    *,
    may: Sequence[Scope] = (Scope.JOBS_READ,),
    lasts: timedelta = timedelta(hours=1),
) -> str:
    """Return a token that the servers of these tests take."""
    return mint_token(
        SecretStr(SECRET),
        user_id=user,
        scopes=may,
        lifetime=lasts,
        now=SystemClock().now(),
    )


class Endpoint:
    """A server at an address that it keeps; not up before `start`."""

    def __init__(self, database_url: str, folder: Path, **settings: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port: int = probe.getsockname()[1]
        self._folder = folder
        self._settings = {
            "DATABASE_URL": database_url,
            "JOBWIRE_AUTH_SECRET": SECRET,
            **settings,
        }
        self._command: Command | None = None

    @property
    def url(self) -> str:
        """The address for HTTP."""
        return f"http://127.0.0.1:{self.port}/graphql"

    @property
    def websocket_url(self) -> str:
        """The address for websockets."""
        return self.url.replace("http", "ws")

    @property
    def is_up(self) -> bool:
        """Whether its process runs."""
        return self._command is not None and self._command.is_running

    @property
    def pid(self) -> int:
        """The process that serves."""
        assert self._command is not None
        return self._command.pid

    def start(self) -> None:
        """Start a process, and wait until it serves."""
        self._command = Command(
            "serve",
            "--port",
            str(self.port),
            folder=self._folder,
            **self._settings,
        )
        self._command.wait_for("serving on")

    def kill(self) -> None:
        """End the process at once: nothing that it would say is said."""
        if self._command is not None:
            self._command.kill()

    def end(self) -> None:
        """End the process in order."""
        assert self._command is not None
        self._command.signal(signal.SIGTERM)
        self._command.end()


@contextmanager
def endpoint(database_url: str, folder: Path, **settings: str) -> Iterator[Endpoint]:
    """Serve until the block ends, whatever was killed in between."""
    one = Endpoint(database_url, folder, **settings)
    try:
        one.start()
        yield one
    finally:
        one.kill()


def subscribe_message(query: str, **variables: object) -> str:
    """Write the message that starts a subscription."""
    payload = {"query": query, "variables": variables}
    return json.dumps({"id": "1", "type": "subscribe", "payload": payload})
