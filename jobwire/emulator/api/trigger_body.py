"""The body of a trigger: what it may hold.

Source: `TriggerTaskRequestBody` in `packages/core/src/v3/schemas/api.ts` of
triggerdotdev/trigger.dev, read 2026-11-23.
"""

from typing import Any

from starlette.requests import Request

from jobwire.emulator.api.bodies import read_checked
from jobwire.emulator.api.machines import MACHINES
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
#: One tag or several, of runs and of waitpoints.
TAGS = either(_TAG, array(_TAG))
OPTIONS = record(
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
        "tags": TAGS,
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
_BODY = record({}, {"payload": anything, "context": anything, "options": OPTIONS})


async def read_trigger_body(request: Request) -> dict[str, Any]:
    """Read and check a body.

    Raises:
        ApiError: 413, also for a body that does not say how long it is; 400.
    """
    return await read_checked(request, _BODY, max_bytes=MAX_BODY_BYTES)
