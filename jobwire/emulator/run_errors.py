"""Errors of runs, as the state keeps them and as the API shows them.

Source: `packages/core/src/v3/schemas/common.ts` (`TaskRunError`) and
`createJsonErrorObject` of triggerdotdev/trigger.dev, read 2026-11-23.
"""

import json
from typing import Any

from jobwire.emulator.attempt_plan import Thrown
from jobwire.emulator.payloads import write_json


def of_thrown(thrown: Thrown) -> str:
    """What a task threw."""
    if thrown.code is not None:
        return write_json({"type": "INTERNAL_ERROR", "code": thrown.code})
    return write_json(
        {
            "type": "BUILT_IN_ERROR",
            "name": thrown.name,
            "message": thrown.message,
            "stackTrace": thrown.stack,
        }
    )


def of_cancel() -> str:
    """A run was canceled."""
    return write_json({"type": "STRING_ERROR", "raw": "Canceled by user"})


def of_expiry(ttl: str) -> str:
    """A run had not started in time."""
    raw = f"Run expired because the TTL ({ttl}) was reached"
    return write_json({"type": "STRING_ERROR", "raw": raw})


def of_timeout() -> str:
    """A run took longer than its maximum."""
    return write_json({"type": "INTERNAL_ERROR", "code": "MAX_DURATION_EXCEEDED"})


def of_batch_item(message: str) -> str:
    """No run could be made of an item of a batch but one that has failed already."""
    return write_json(
        {
            "type": "INTERNAL_ERROR",
            "code": "BATCH_ITEM_COULD_NOT_TRIGGER",
            "message": message,
        }
    )


def of_crash(code: str, message: str | None) -> str:
    """The process of a run, or what it ran on, has died."""
    error = {"type": "INTERNAL_ERROR", "code": code}
    return write_json(error if message is None else {**error, "message": message})


def shown(stored: str) -> dict[str, Any]:
    """Return what retrieving a run shows of its error."""
    error = json.loads(stored)
    if error["type"] == "BUILT_IN_ERROR":
        return {name: error[name] for name in ("name", "message", "stackTrace")}
    if error["type"] == "STRING_ERROR":
        return {"message": error["raw"]}
    return {
        "message": error.get("message")
        or f"trigger.dev internal error ({error['code']})"
    }
