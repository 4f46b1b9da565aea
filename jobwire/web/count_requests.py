"""Counting requests by the route that answered them."""

from collections.abc import Callable

from starlette.types import Scope

from jobwire.web.metrics import Metrics

_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST"})
_ROUTES = frozenset(
    {
        "/",
        "/api/trigger/webhook",
        "/board",
        "/graphql",
        "/livez",
        "/metrics",
        "/readyz",
    }
)


class RequestCounts:
    """Counts requests by the route that answered them.

    Addresses that no route knows are counted together, so that a scanner cannot make
    figures without end. Websockets are not requests; their streams are counted by the
    feed.

    Args:
        metrics: Returns where to count; None: nowhere at the moment.
    """

    def __init__(self, metrics: Callable[[], Metrics | None]) -> None:
        self._metrics = metrics
        #: Looking figures up by their labels takes longer than counting.
        self._counts: dict[tuple[object, ...], Callable[[float], None]] = {}

    def count(self, scope: Scope, status: int, seconds: float) -> None:
        """Count a request, when its answer begins.

        Args:
            scope: The request.
            status: That of the answer.
            seconds: How long it took.
        """
        metrics = self._metrics()
        if metrics is None:
            return
        method = scope["method"] if scope["method"] in _METHODS else "other"
        figures = (metrics, method, _route(scope), status)
        count = self._counts.get(figures)
        if count is None:
            count = self._counts[figures] = _counting(*figures)
        count(seconds)


def _counting(
    metrics: Metrics, method: str, route: str, status: int
) -> Callable[[float], None]:
    requests = metrics.requests.labels(method, route, status)
    request_seconds = metrics.request_seconds.labels(route)

    def count(seconds: float) -> None:
        requests.inc()
        request_seconds.observe(seconds)

    return count


def _route(scope: Scope) -> str:
    path: str | None = getattr(scope.get("route"), "path", None)
    return path if path in _ROUTES else "other"
