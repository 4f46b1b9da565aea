"""A shortcut for the requests that come most: posts of operations."""

from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send


class PostsFirst:
    """Middleware that passes posts to one route, before others are asked.

    Its application answers whatever happens, so nothing has to stand around it.

    Args:
        app: Where everything else goes.
        route: The route.
    """

    def __init__(self, app: ASGIApp, route: Route) -> None:
        self._app = app
        self._route = route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if (
            scope["type"] == "http"
            and scope["method"] == "POST"
            and _path(scope) == self._route.path
        ):
            scope["route"] = self._route
            await self._route.app(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _path(scope: Scope) -> str:
    """Return the path below what the application is mounted at."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))
