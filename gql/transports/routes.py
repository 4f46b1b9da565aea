"""The routes of the GraphQL endpoint."""

from collections.abc import Sequence

from starlette.routing import Route, WebSocketRoute

from jobwire.asgi.whole import Endpoint
from jobwire.gql.context import OnAnswer
from jobwire.gql.documents import DocumentPolicy
from jobwire.gql.transports.http import GraphQLOverHTTP
from jobwire.gql.transports.session import Authenticate, EngineOf, Host
from jobwire.gql.transports.terms import Terms
from jobwire.gql.transports.websocket import GraphQLOverWebSocket


def graphql_routes(
    engine_of: EngineOf,
    authenticate: Authenticate,
    *,
    path: str = "/graphql",
    allowed_origins: Sequence[str] = (),
    terms: Terms | None = None,
    policy: DocumentPolicy | None = None,
    on_answer: OnAnswer | None = None,
) -> tuple[Route, WebSocketRoute]:
    """Make the routes that serve the schema, of HTTP and of websockets.

    Server-Sent Events are HTTP, too.

    Args:
        engine_of: Returns the open engine; while it raises, requests are answered with
            503 and websockets closed with 1013.
        authenticate: Tells who is calling.
        path: Where to serve, below the mount path of the host.
        allowed_origins: Origins of pages elsewhere whose scripts may open websockets,
            such as `https://example.com`; `*` allows all. Pages of the same host always
            may, and so may clients that are no browsers.
        terms: On which terms connections are held open; None: those of `Terms`.
        policy: Which documents run; None: all that fit the schema and the limits.
        on_answer: Told of each answer; None: nobody is.
    """
    host = Host(
        engine_of,
        authenticate,
        terms or Terms(),
        policy or DocumentPolicy(),
        on_answer or (lambda _: None),
    )
    return (
        Route(path, GraphQLOverHTTP(host)),
        WebSocketRoute(
            path, GraphQLOverWebSocket(host, allowed_origins=allowed_origins)
        ),
    )


def graphql_endpoint(route: Route) -> Endpoint:
    """Return what answers the POSTs of the route of HTTP."""
    application = route.endpoint
    assert isinstance(application, GraphQLOverHTTP)  # noqa: S101 - it is the route's
    return application.answer
