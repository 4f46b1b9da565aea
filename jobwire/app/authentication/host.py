"""The way of a host that knows its users itself."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import HTTPConnection

from jobwire.app.authentication.chain import (
    Asking,
    Authenticator,
    presented_token,
)
from jobwire.gql.transports import Authenticate
from jobwire.jobs.viewer import Viewer

#: A host's own way to find out who asks: takes the connection and, if it wants, the
#: payload of a websocket's `connection_init`; async or not; None: nobody it knows.
HostAuthenticate = Callable[..., Awaitable[Viewer | None] | Viewer | None]


def by_host(
    authenticate: HostAuthenticate, *, first: Authenticator | None = None
) -> Authenticate:
    """Authenticate by a function of the host's, whichever of its forms it has.

    Args:
        authenticate: The function.
        first: A proof of ours that is asked before it; what that does not know goes on
            to the host's as it came.
    """
    takes_params = len(inspect.signature(authenticate).parameters) > 1

    async def adapted(
        connection: HTTPConnection, params: Mapping[str, Any]
    ) -> Viewer | None:
        if first is not None:
            asking = Asking(connection, presented_token(connection, params))
            ours = await _awaited(first(asking))
            if ours is not None:
                return ours
        found = (
            authenticate(connection, params)
            if takes_params
            else authenticate(connection)
        )
        return await _awaited(found)

    return adapted


async def _awaited(found: Awaitable[Viewer | None] | Viewer | None) -> Viewer | None:
    return await found if inspect.isawaitable(found) else found
