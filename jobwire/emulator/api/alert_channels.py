"""`POST /api/v1/projects/:ref/alertChannels`: who is told when a run has failed.

Source: `api.v1.projects.$projectRef.alertChannels.ts` and
`ApiAlertChannelPresenter.server.ts` of triggerdotdev/trigger.dev, read 2026-11-26.
"""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from jobwire.emulator.alert_channels import NEVER_SENT, TYPES, keep_channel
from jobwire.emulator.api.callers import require_personal_token
from jobwire.emulator.api.responses import ApiError, ApiResponse
from jobwire.emulator.api.server import server_of
from jobwire.emulator.api.shapes import array, record, string, word

_SHAPE = record(
    required={
        "alertTypes": array(word(*TYPES, NEVER_SENT)),
        "name": string(),
        "channel": word("email", "webhook"),
        "channelData": record(
            required={},
            optional={"email": string(), "url": string(), "secret": string()},
        ),
    },
    optional={
        "deduplicationKey": string(),
        "environmentTypes": array(word("STAGING", "PRODUCTION")),
    },
)


async def create_alert_channel(request: Request) -> Response:
    """Make an alert channel; any personal access token will do."""
    require_personal_token(request)
    body = await _body(request)
    data, channel = body["channelData"], body["channel"]
    if channel == "email" and not data.get("email"):
        raise ApiError(422, "Email is required")
    if channel == "webhook":
        if not data.get("url"):
            raise ApiError(422, "webhook url is required")
        if not data["url"].startswith(("http://", "https://")):
            raise ApiError(422, "Webhook URL must use http or https")
    server = server_of(request)
    with server.state.transaction() as connection:
        made = keep_channel(
            connection,
            name=body["name"],
            channel=channel,
            data=data,
            alert_types=body["alertTypes"],
            deduplication_key=body.get("deduplicationKey"),
            now=server.now_ms,
        )
    return ApiResponse(made)


async def _body(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise ApiError(500, "Internal Server Error") from error
    faults = _SHAPE(body, ())
    if faults:
        issues = [
            {"message": fault.message, "path": list(fault.path)} for fault in faults
        ]
        raise ApiError(400, "Invalid request body", issues=issues)
    read: dict[str, Any] = body
    return read
