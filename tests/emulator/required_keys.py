"""What the SDK's own schemas require of each answer.

A name with `[]` stands for all elements of a list, and `.` leads into a member.
Source: the schemas of `@trigger.dev/core` 4.8.3, probed 2026-11-23.
"""

import re
from typing import Any

_RUN = (
    "id status taskIdentifier isQueued isExecuting isWaiting isCompleted isSuccess"
    " isFailed isCancelled isTest createdAt updatedAt tags costInCents baseCostInCents"
    " durationMs"
)
_SCHEDULE = (
    "id type task active generator.type generator.expression generator.description"
    " timezone environments environments[].id environments[].type"
)
_QUEUE = "id name type running queued paused concurrencyLimit"
_NUMBERED = "pagination.currentPage pagination.totalPages pagination.count"
_BULK = "id type status counts.total counts.success counts.failure createdAt"
_WAITPOINT = "id url status tags createdAt"


def _each(keys: str) -> str:
    return " ".join(f"data[].{key}" for key in keys.split())


#: The first that fits.
_REQUIRED = (
    ("POST /api/v1/tasks/[^/]+/trigger", "id"),
    ("POST /api/v3/batches", "id runCount isCached"),
    ("POST /api/v3/batches/[^/]+/items", "id itemsAccepted itemsDeduplicated sealed"),
    (
        "GET /api/v2/batches/[^/]+",
        "id status createdAt updatedAt runCount runs processing.errors",
    ),
    ("GET /api/v3/runs/[^/]+", f"{_RUN} depth triggerFunction relatedRuns"),
    (
        "GET /api/v1/(projects/[^/]+/)?runs",
        f"data {_each(_RUN)} {_each('env.id env.name')} pagination",
    ),
    ("POST /api/v1/runs/[^/]+/reschedule", f"{_RUN} depth triggerFunction relatedRuns"),
    ("POST /api/v2/runs/[^/]+/cancel", "id"),
    ("POST /api/v1/runs/[^/]+/replay", "id"),
    ("POST /api/v1/idempotencyKeys/[^/]+/reset", "id"),
    ("DELETE /api/v1/schedules/[^/]+", "id"),
    ("GET /api/v1/schedules", f"data {_each(_SCHEDULE)} {_NUMBERED}"),
    ("[A-Z]+ /api/v1/schedules.*", _SCHEDULE),
    ("GET /api/v1/timezones", "timezones"),
    ("GET /api/v1/queues", f"data {_each(_QUEUE)} {_NUMBERED}"),
    ("[A-Z]+ /api/v1/queues/.+", _QUEUE),
    ("POST /api/v1/bulk-actions(/[^/]+/abort)?", "id"),
    ("GET /api/v1/bulk-actions", f"data {_each(_BULK)} pagination"),
    ("GET /api/v1/bulk-actions/[^/]+", _BULK),
    ("PUT /api/v2/packets/.+", "presignedUrl storagePath"),
    ("POST /api/v1/auth/jwt/claims", "sub pub"),
    ("POST /api/v1/waitpoints/tokens", "id isCached url"),
    ("GET /api/v1/waitpoints/tokens", f"data {_each(_WAITPOINT)} pagination"),
    ("GET /api/v1/waitpoints/tokens/[^/]+", _WAITPOINT),
    ("POST /api/v1/waitpoints/tokens/[^/]+/complete", "success"),
    ("GET /realtime/v1/.+", "[].headers"),
)
_MISSING = object()


def missing_keys(method: str, path: str, body: Any) -> list[str]:
    """Return the keys that an answer lacks; null counts as a value.

    Raises:
        LookupError: Nothing is known of such a request.
    """
    for pattern, keys in _REQUIRED:
        if re.fullmatch(pattern, f"{method} {path}"):
            return [key for key in keys.split() if not _has(body, key)]
    raise LookupError(f"{method} {path}")


def _has(value: Any, key: str) -> bool:
    if key.startswith("[]"):
        return isinstance(value, list) and all(
            _has(one, key.removeprefix("[].")) for one in value
        )
    name, dot, below = key.partition(".")
    of_list = name.endswith("[]")
    if not isinstance(value, dict):
        return False
    inner = value.get(name.removesuffix("[]"), _MISSING)
    if inner is _MISSING:
        return False
    if of_list:
        return _has(inner, f"[].{below}")
    return not dot or _has(inner, below)
