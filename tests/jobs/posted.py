"""Events as they are posted, and their signatures."""

import json
from datetime import datetime
from typing import Any

from jobwire.triggerdev import sign_hex, sign_standard
from tests.factories import RUN_ID

SECRET = "whsec_c2VjcmV0LW9mLXRoZS10ZXN0cw=="
#: A line of a run's log.
LINE = {"at": "2026-01-02T03:01:00Z", "level": "INFO", "message": "one line"}


def event(type: str = "RUN_STARTED", **given: Any) -> dict[str, Any]:
    """What `trigger/jobwire.ts` posts."""
    run = {
        "id": RUN_ID,
        "taskIdentifier": "process-large-dataset",
        "attempt": 1,
        "tags": [],
        "startedAt": "2026-01-02T03:00:05.000Z",
        **given.pop("run", {}),
    }
    return {
        "id": f"event-of-{type}",
        "type": type,
        "occurredAt": "2026-01-02T03:01:00.000Z",
        "run": run,
        **given,
    }


def alert(type: str = "alert.run.failed", **run: Any) -> dict[str, Any]:
    """What Trigger.dev's own alert channel posts."""
    return {
        "id": "cm-alert-1",
        "created": "2026-01-02T03:01:00.000Z",
        "webhookVersion": "v1",
        "type": type,
        "object": {
            "task": {"id": "process-large-dataset"},
            "run": {
                "id": RUN_ID,
                "status": "CRASHED",
                "tags": [],
                "startedAt": "2026-01-02T03:00:05.000Z",
                "completedAt": "2026-01-02T03:00:50.000Z",
                "error": {"type": "INTERNAL_ERROR", "code": "TASK_RUN_CRASHED"},
                **run,
            },
            "environment": {"id": "env-1"},
        },
    }


def body_of(event: Any) -> bytes:
    return event if isinstance(event, bytes) else json.dumps(event).encode()


def hex_headers(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"X-Trigger-Signature-Hmacsha256": sign_hex(secret, body)}


def standard_headers(
    body: bytes, now: datetime, secret: str = SECRET, id: str = "message-1"
) -> dict[str, str]:
    return {
        "Webhook-Id": id,
        "Webhook-Timestamp": str(int(now.timestamp())),
        "Webhook-Signature": sign_standard(secret, id=id, timestamp=now, body=body),
    }
