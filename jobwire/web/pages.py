"""What pages have in common: files under a strict policy, and parts that all use."""

from collections.abc import Mapping
from pathlib import Path

from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

#: Nothing comes from elsewhere or goes there, and nobody frames the page.
POLICY: Mapping[str, str] = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "connect-src": "'self'",
    "img-src": "'self' data:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}


def page_headers(policy: Mapping[str, str] = POLICY) -> dict[str, str]:
    """Return the headers of a page and its files, under a policy.

    What they have in common with all other answers is added to those.
    """
    return {
        "Content-Security-Policy": "; ".join(
            f"{directive} {sources}" for directive, sources in policy.items()
        ),
        # Asked for every time and, by its ETag, sent only when it has changed.
        "Cache-Control": "no-cache",
    }


class PageFiles(StaticFiles):
    """The files of a folder beside this module, with the headers of a page."""

    def __init__(self, folder: str) -> None:
        self.folder = Path(__file__).with_name(folder)
        super().__init__(directory=self.folder)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with a file."""
        response = await super().get_response(path, scope)
        response.headers.update(page_headers())
        return response


def page_routes() -> list[BaseRoute]:
    """Return the files that all pages use, under `/page/`."""
    return [Mount("/page", PageFiles("page"))]
