"""GraphQL over websockets, by the protocol graphql-transport-ws and no other."""

from collections.abc import Sequence

from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.http.websocket_origin import (
    is_same_origin,
    normalize_allowed_origins,
    normalize_origin,
)

from jobwire.gql.transports.connection import Connection
from jobwire.gql.transports.protocol import SUBPROTOCOL, CloseCode
from jobwire.gql.transports.session import Host


class GraphQLOverWebSocket:
    """The ASGI application that holds sockets.

    Args:
        host: The process that it belongs to.
        allowed_origins: Foreign origins whose pages may open sockets.

    Raises:
        ValueError: An allowed origin is none.
    """

    def __init__(self, host: Host, *, allowed_origins: Sequence[str]) -> None:
        self._host = host
        self._allowed_origins = normalize_allowed_origins(allowed_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold one socket until it is closed."""
        socket = WebSocket(scope, receive, send)
        if not self._allows(socket):
            # Before the handshake this is an answer with 403.
            await socket.close()
        elif SUBPROTOCOL not in socket.scope.get("subprotocols", ()):
            await socket.accept()
            await socket.close(
                CloseCode.SUBPROTOCOL_NOT_ACCEPTABLE, "Subprotocol not acceptable"
            )
        else:
            await socket.accept(SUBPROTOCOL)
            await Connection(socket, send, self._host).run()

    def _allows(self, socket: WebSocket) -> bool:
        """Whether the page that opens the socket may.

        Browsers let any page open a socket to any host, with the user's cookies and
        from within the user's network; only the Origin header tells.
        """
        origin = socket.headers.get("origin")
        if origin is None or "*" in self._allowed_origins:
            return True
        # Browsers write an origin in one way; what reads like one otherwise is none.
        if normalize_origin(origin) != origin or not origin.startswith(
            ("http://", "https://")
        ):
            return False
        return origin in self._allowed_origins or is_same_origin(
            origin, socket.headers.get("host")
        )
