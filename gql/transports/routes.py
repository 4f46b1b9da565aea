"""The routes of the GraphQL endpoint."""

from collections.abc import Sequence

from starlette.routing import BaseRoute, Route, WebSocketRoute

from jobwire.gql.transports.http import GraphQLOverHTTP
from jobwire.gql.transports.session import Authenticate, EngineOf
from jobwire.gql.transports.sse import HEARTBEAT
from jobwire.gql.transports.websocket import GraphQLOverWebSocket


def graphql_routes(
    engine_of: EngineOf,
    authenticate: Authenticate,
    *,
    path: str = "/graphql",
    allowed_origins: Sequence[str] = (),
    heartbeat: float = HEARTBEAT,
) -> list[BaseRoute]:
    """Make the routes that serve the schema, for HTTP and for websockets.

    Server-Sent Events are HTTP, too.

    Args:
        engine_of: Returns the open engine; while it raises, requests are answered with
            503 and websockets closed with 1013.
        authenticate: Tells who is calling.
        path: Where to serve, below the mount path of the host.
        allowed_origins: Origins of pages elsewhere whose scripts may open websockets,
            such as `https://example.com`; `*` allows all. Pages of the same host always
            may, and so may clients that are no browsers.
        heartbeat: How often Server-Sent Events say that they live, in seconds.
    """
    return [
        Route(path, GraphQLOverHTTP(engine_of, authenticate, heartbeat=heartbeat)),
        WebSocketRoute(
            path,
            GraphQLOverWebSocket(
                engine_of, authenticate, allowed_origins=allowed_origins
            ),
        ),
    ]
