"""The body of a trigger: what it may hold.

Source: `TriggerTaskRequestBody` in `packages/core/src/v3/schemas/api.ts` of
triggerdotdev/trigger.dev, read 2026-11-23.
"""

import json
import math
from typing import Any

from starlette.requests import Request

from jobwire.emulator.api.machines import MACHINES
from jobwire.emulator.api.responses import ApiError
from jobwire.emulator.api.shapes import (
    anything,
    array,
    boolean,
    date,
    either,
    number,
    record,
    string,
    word,
)

MAX_BODY_BYTES = 3_145_728
MAX_KEY_LENGTH = 2_048
_MAX_TAG_LENGTH = 128
_MAX_DEBOUNCE_KEY_LENGTH = 512

_TAG = string(_MAX_TAG_LENGTH, "Tags must be less than 128 characters")
_OPTIONS = record(
    {},
    {
        "payloadType": string(),
        "payloadSize": number(),
        "queue": record({"name": string()}, {}),
        "concurrencyKey": either(string(), number()),
        "idempotencyKey": string(MAX_KEY_LENGTH),
        "idempotencyKeyTTL": string(),
        "idempotencyKeyOptions": record(
            {"key": string(), "scope": word("run", "attempt", "global")}, {}
        ),
        "delay": either(string(), date),
        "ttl": either(string(), number(whole=True, from_zero=True)),
        "tags": either(_TAG, array(_TAG)),
        "metadata": anything,
        "metadataType": string(),
        "maxAttempts": number(whole=True),
        "maxDuration": number(),
        "machine": word(*MACHINES),
        "priority": number(),
        "region": string(),
        "lockToVersion": string(),
        "externalDeploymentId": string(),
        "test": boolean,
        "debounce": record(
            {"key": string(_MAX_DEBOUNCE_KEY_LENGTH), "delay": string()},
            {"mode": word("leading", "trailing"), "maxDelay": string()},
        ),
        "parentRunId": string(),
        "resumeParentOnCompletion": boolean,
    },
)
_BODY = record({}, {"payload": anything, "context": anything, "options": _OPTIONS})


async def read_trigger_body(request: Request) -> dict[str, Any]:
    """Read and check a body, whatever type of content it claims to be.

    Raises:
        ApiError: 413, also for a body that does not say how long it is; 400.
    """
    length = request.headers.get("content-length", "")
    # Without a length nothing is read at all.
    if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
        raise ApiError(413, "Request body too large")
    text = await request.body()
    if not text:
        raise ApiError(400, "Request body is empty")
    try:
        body = json.loads(text, parse_float=_finite, parse_constant=_refuse)
    except (ValueError, RecursionError):
        body = None
    # To their server, false and 0 are no JSON either.
    if not body and not isinstance(body, dict | list):
        raise ApiError(400, "Invalid JSON")
    if faults := _BODY(body, ()):
        raise ApiError(400, f"Validation error: {'; '.join(map(str, faults))}")
    whole: dict[str, Any] = body
    return whole


def _finite(text: str) -> float | None:
    """Read a number; of one that is too large JavaScript makes null in the end."""
    value = float(text)
    return value if math.isfinite(value) else None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
