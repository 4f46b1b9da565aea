"""Health: is the process alive, and can it schedule and run jobs."""

from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

#: Returns what is missing, in words; empty: nothing.
Missing = Callable[[], Awaitable[Sequence[str]]]

_HEADERS = {"Cache-Control": "no-store"}


def health_routes(missing: Missing) -> list[Route]:
    """Return `/livez`, always 200, and `/readyz`, 200 or 503 with what is missing."""

    async def livez(_: Request) -> Response:
        return JSONResponse({"alive": True}, headers=_HEADERS)

    async def readyz(_: Request) -> Response:
        found = list(await missing())
        return JSONResponse(
            {"ready": not found, "missing": found},
            503 if found else 200,
            headers=_HEADERS,
        )

    return [
        Route("/livez", livez, methods=["GET"]),
        Route("/readyz", readyz, methods=["GET"]),
    ]
