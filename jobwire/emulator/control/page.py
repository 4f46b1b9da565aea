"""The page at `/`: files under a strict policy, and nothing from elsewhere."""

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

_FOLDER = Path(__file__).parents[1] / "page"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src"
    " 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action"
    " 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(),"
    " microphone=(), payment=(), usb=()",
    "Cache-Control": "no-cache",
}


async def page(_: Request) -> Response:
    """Show the page."""
    return FileResponse(_FOLDER / "index.html", headers=_HEADERS)


async def page_file(request: Request) -> Response:
    """Give a file of the page."""
    name = request.path_params["file"]
    media_type = _TYPES.get(Path(name).suffix)
    file = _FOLDER / name
    # Names come from the route, which takes no slash.
    if media_type is None or not file.is_file():
        raise HTTPException(404)
    return FileResponse(file, media_type=media_type, headers=_HEADERS)
