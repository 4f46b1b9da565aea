"""`POST /emulator/alerts`: an alert of what never happens to an emulator."""

from starlette.requests import Request
from starlette.responses import Response

from jobwire.emulator.alert_bodies import sample
from jobwire.emulator.alert_channels import RUN_FAILED, TYPES
from jobwire.emulator.api.responses import ApiError, ApiResponse
from jobwire.emulator.control.bodies import object_of
from jobwire.emulator.control.server import server_of

_SAMPLED = tuple(type for type in TYPES.values() if type != RUN_FAILED)


async def post_alert(request: Request) -> Response:
    """Send an alert of a deployment or a group of errors to all who want it."""
    server, body = server_of(request), await object_of(request)
    type, given = body.get("type"), body.get("object", {})
    if type not in _SAMPLED:
        raise ApiError(422, f"type must be one of {', '.join(_SAMPLED)}.")
    if not isinstance(given, dict):
        raise ApiError(422, "object must be an object.")
    alert = sample(type, server.state, given, now=server.now_ms)
    return ApiResponse({"channels": server.alerts.post(type, alert)})
