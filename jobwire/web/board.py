"""The board: one page of our own and its files, under a strict policy."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_FOLDER = Path(__file__).with_name("board")
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
        " img-src 'self' data:; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # Asked for every time and, by its ETag, sent only when it has changed.
    "Cache-Control": "no-cache",
}


class _Files(StaticFiles):
    """The files of the page, under its policy."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with a file."""
        response = await super().get_response(path, scope)
        response.headers.update(_HEADERS)
        return response


def board_routes() -> list[BaseRoute]:
    """Return the page at `/` and its files under `/board/`.

    The page's addresses are relative to `/`; under a mount, Starlette sends who leaves
    out the slash there.
    """
    files = _Files(directory=_FOLDER)

    async def page(request: Request) -> Response:
        return await files.get_response("index.html", request.scope)

    return [Route("/", page, methods=["GET"]), Mount("/board", files)]
