"""Somebody who asks: requests as a server hands them over, and what they bring."""

from datetime import timedelta

from pydantic import SecretStr
from starlette.requests import HTTPConnection

from jobwire.app.authentication import Asking
from jobwire.app.tokens import mint_token
from jobwire.jobs.clock import Clock
from jobwire.jobs.viewer import Scope

SECRET = SecretStr("a secret of the tests, long enough")
LOCAL = {"host": "127.0.0.1:8000"}


def connection(client: str | None = "127.0.0.1", **headers: str) -> HTTPConnection:
    """A request as a server hands it over."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return HTTPConnection(
        {
            "type": "http",
            "path": "/graphql",
            "query_string": b"",
            "client": None if client is None else (client, 40000),
            "headers": [
                (name.encode(), value.encode())
                for name, value in {**LOCAL, **given}.items()
            ],
        }
    )


def asking(token: str | None) -> Asking:
    """Somebody who sent this."""
    return Asking(connection(), token)


def token_of(clock: Clock, user_id: str = "ann") -> str:
    """A token of the secret, for an hour."""
    return mint_token(
        SECRET,
        user_id=user_id,
        scopes=[Scope.JOBS_READ],
        lifetime=timedelta(hours=1),
        now=clock.now(),
    )
