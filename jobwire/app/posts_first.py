"""A shortcut for the requests that come most: posts of operations and of events."""

from collections.abc import Sequence

from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send


class PostsFirst:
    """Middleware that passes posts to some routes, before others are asked.

    They answer all that they refuse, so nothing has to stand around them.

    Args:
        app: Where everything else goes.
        routes: The routes, whose paths have no parameters.
    """

    def __init__(self, app: ASGIApp, routes: Sequence[Route]) -> None:
        self._app = app
        self._routes = {route.path: route for route in routes}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        route = None
        if scope["type"] == "http" and scope["method"] == "POST":
            route = self._routes.get(_path(scope))
        if route is None:
            await self._app(scope, receive, send)
        else:
            scope["route"] = route
            await route.app(scope, receive, send)


def _path(scope: Scope) -> str:
    """Return the path below what the application is mounted at."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))
