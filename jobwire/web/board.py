"""The board: one page of our own and its files."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from jobwire.web.pages import PageFiles


def board_routes() -> list[BaseRoute]:
    """Return the page at `/` and its files under `/board/`; it needs `page_routes`.

    The page's addresses are relative to `/`; under a mount, Starlette sends who leaves
    out the slash there.
    """
    files = PageFiles("board")

    async def page(request: Request) -> Response:
        return await files.get_response("index.html", request.scope)

    return [Route("/", page, methods=["GET"]), Mount("/board", files)]
