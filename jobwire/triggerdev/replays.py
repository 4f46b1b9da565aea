"""What a replay puts in place of what the old run had."""

from datetime import datetime
from typing import Any

from jobwire.triggerdev.errors import InvalidOptionError
from jobwire.triggerdev.trigger_options import TriggerOptions


class Keep:
    """Stands for the payload of the old run, where null would be a payload too."""

    def __repr__(self) -> str:
        return "KEEP"


KEEP = Keep()

#: Options of a trigger, as they are called here and there; of others there is none.
_NAMES = {
    "metadata": "metadata",
    "tags": "tags",
    "queue": "queue",
    "concurrencyKey": "concurrencyKey",
    "machine": "machine",
    "lockToVersion": "version",
    "region": "region",
    "delay": "delay",
    "ttl": "ttl",
    "idempotencyKey": "idempotencyKey",
    "idempotencyKeyTTL": "idempotencyKeyTTL",
    "maxAttempts": "maxAttempts",
    "maxDuration": "maxDuration",
    "priority": "priority",
}


def replay_body(
    payload: object, options: TriggerOptions, *, now: datetime
) -> dict[str, Any]:
    """Write the request of a replay; empty: everything is kept.

    Raises:
        InvalidOptionError: An option cannot be replaced, or the delay is over.
    """
    options.check_at(now)
    given = options.to_json()
    if foreign := given.keys() - _NAMES.keys():
        raise InvalidOptionError("options", f"not hold {', '.join(sorted(foreign))}")
    body = {_NAMES[name]: value for name, value in given.items()}
    if "queue" in body:
        body["queue"] = body["queue"]["name"]
    return body if isinstance(payload, Keep) else {"payload": payload, **body}
