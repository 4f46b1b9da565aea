"""The explorer: a page at `/graphql` for whoever opens the API in a browser.

The page is GraphiQL where its files are, else one of our own.
"""

import re
from pathlib import Path

from starlette.datastructures import Headers, QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Match, Mount, Route
from starlette.types import Scope

from jobwire.web.pages import POLICY, PageFiles, page_headers

_JSON = ("application/json", "application/graphql-response+json")
#: With one of these parameters an address asks for the answer of an operation.
_OPERATION = frozenset({"query", "documentId", "extensions"})
#: GraphiQL carries its fonts in its styles, and writes one of them into the page: that
#: which keeps the page from being scrolled behind a dialog.
_GRAPHIQL_POLICY = {
    **POLICY,
    "style-src": "'self' 'sha256-Y/huXlwoYkVyQlxwSVcCi1RCDGDCSVBzDt0hYP9qlTc='",
    "font-src": "data:",
}
#: The names hold the versions, so what is under a name never changes.
_IMMUTABLE = {
    **page_headers(_GRAPHIQL_POLICY),
    "Cache-Control": "public, max-age=31536000, immutable",
}


def explorer_routes(
    *, path: str = "/graphql", graphiql: Path | None = None
) -> list[BaseRoute]:
    """Return the page and its files under `/explorer/`; it needs `page_routes`.

    The page answers navigations alone, so its routes stand in front of those of the
    API: all other requests to `path` pass it by.

    Args:
        path: Where the API is.
        graphiql: The folder with the files that `graphiql_files` names; when it is
            None or one of them is missing, the page is our own.
    """
    files = PageFiles("explorer")
    names = graphiql_files()
    found = graphiql is not None and all((graphiql / name).is_file() for name in names)
    name = "graphiql.html" if found else "index.html"
    headers = page_headers(_GRAPHIQL_POLICY if found else POLICY)

    async def page(request: Request) -> Response:
        response = await files.get_response(name, request.scope)
        response.headers.update(headers)
        response.headers.add_vary_header("Accept")
        return response

    async def file_of_graphiql(request: Request) -> Response:
        wanted = request.path_params["name"]
        if graphiql is None or not found or wanted not in names:
            raise HTTPException(404)
        return FileResponse(graphiql / wanted, headers=_IMMUTABLE)

    return [
        _NavigationRoute(path, page, methods=["GET"]),
        Route("/explorer/graphiql/{name}", file_of_graphiql, methods=["GET"]),
        Mount("/explorer", files),
    ]


def graphiql_files() -> list[str]:
    """Return the names of the files that GraphiQL's page loads from its folder."""
    page = Path(__file__).with_name("explorer") / "graphiql.html"
    return re.findall(r'"explorer/graphiql/([^"/]+)"', page.read_text("utf-8"))


class _NavigationRoute(Route):
    """A route that browsers find when somebody opens the address."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http" or not _is_navigation(scope):
            return Match.NONE, {}
        return super().matches(scope)


def _is_navigation(scope: Scope) -> bool:
    return (
        scope["method"] == "GET"
        and _OPERATION.isdisjoint(QueryParams(scope["query_string"]))
        and _prefers_html(Headers(scope=scope).get("accept", ""))
    )


def _prefers_html(accept: str) -> bool:
    """Tell whether HTML is named, and no form of JSON is named as dearer."""
    html, json = 0.0, 0.0
    for part in accept.lower().split(","):
        kind, *parameters = (word.strip() for word in part.split(";"))
        quality = _quality(parameters)
        if kind == "text/html":
            html = max(html, quality)
        elif kind in _JSON:
            json = max(json, quality)
    return html > 0 and html >= json


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
