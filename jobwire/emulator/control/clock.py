"""`/emulator/clock`: what time it is here, and moving it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from jobwire.emulator.api.responses import ApiError, ApiResponse
from jobwire.emulator.clock import iso
from jobwire.emulator.control.bodies import object_of
from jobwire.emulator.control.server import ControlServer, server_of

_ORDERS = {"freeze", "release", "advance"}
#: Ten years: schedules on the way tick one by one.
_LONGEST_SECONDS = 10 * 366 * 24 * 60 * 60


async def show_clock(request: Request) -> Response:
    """Tell the time."""
    return ApiResponse(clock_json(server_of(request)))


async def move_clock(request: Request) -> Response:
    """Freeze the clock, move it on by seconds or release it: in this order."""
    server, body = server_of(request), await object_of(request)
    if not body or body.keys() - _ORDERS:
        raise ApiError(400, "Say freeze, release or advance, and nothing else.")
    seconds = body.get("advance", 0)
    if (
        isinstance(seconds, bool)
        or not isinstance(seconds, int | float)
        or not 0 <= seconds <= _LONGEST_SECONDS
    ):
        raise ApiError(400, f"advance must be seconds from 0 to {_LONGEST_SECONDS}.")
    if body.get("freeze"):
        server.clock.freeze()
    if "advance" in body:
        await server.advance(seconds)
    if body.get("release"):
        server.clock.release()
    return ApiResponse(clock_json(server))


def clock_json(server: ControlServer) -> dict[str, Any]:
    """Return the time, and whether it stands still."""
    return {"now": iso(server.now_ms), "isFrozen": server.clock.is_frozen}
