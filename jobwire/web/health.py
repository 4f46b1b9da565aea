"""Health: is the process alive, and can it schedule and run jobs."""

from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

#: Returns what is missing, in words; empty: nothing.
Missing = Callable[[], Awaitable[Sequence[str]]]

_HEADERS = {"Cache-Control": "no-store"}


def health_routes(missing: Missing, is_leaving: Callable[[], bool]) -> list[Route]:
    """Return the routes of health.

    `/livez` is 200 unless the process is about to end, which proxies are to notice, and
    `/readyz` 200 or 503 with what is missing.
    """

    async def livez(_: Request) -> Response:
        leaving = is_leaving()
        return JSONResponse(
            {"alive": True, "leaving": leaving},
            503 if leaving else 200,
            headers=_HEADERS,
        )

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
