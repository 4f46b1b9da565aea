"""The way of a host that knows its users itself."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import HTTPConnection

from jobwire.gql.transports import Authenticate
from jobwire.jobs.viewer import Viewer

#: A host's own way to find out who asks: takes the connection and, if it wants, the
#: payload of a websocket's `connection_init`; async or not; None: nobody it knows.
HostAuthenticate = Callable[..., Awaitable[Viewer | None] | Viewer | None]


def by_host(authenticate: HostAuthenticate) -> Authenticate:
    """Authenticate by a function of the host's, whichever of its forms it has."""
    takes_params = len(inspect.signature(authenticate).parameters) > 1

    async def adapted(
        connection: HTTPConnection, params: Mapping[str, Any]
    ) -> Viewer | None:
        found = (
            authenticate(connection, params)
            if takes_params
            else authenticate(connection)
        )
        return await found if inspect.isawaitable(found) else found

    return adapted
