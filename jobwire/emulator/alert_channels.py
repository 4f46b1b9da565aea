"""Alert channels: where alerts of the project are posted to.

Source: `CreateAlertChannelService` of triggerdotdev/trigger.dev, read 2026-11-23.
"""

import json
import secrets
import sqlite3
from dataclasses import dataclass
from typing import Any

from jobwire.emulator.payloads import write_json

RUN_FAILED = "alert.run.failed"
DEPLOYMENT_SUCCESS = "alert.deployment.success"
DEPLOYMENT_FAILED = "alert.deployment.failed"
ERROR_GROUP = "alert.error"

#: The types of alerts, by the words that channels are made with.
TYPES = {
    "run_failure": RUN_FAILED,
    "deployment_failure": DEPLOYMENT_FAILED,
    "deployment_success": DEPLOYMENT_SUCCESS,
    "error_group": ERROR_GROUP,
}
#: Accepted, and nothing is ever sent for it: so does the real server.
NEVER_SENT = "attempt_failure"

_ID_ALPHABET = "123456789abcdefghijkmnopqrstuvwxyz"
_ID_LENGTH = 21

_UPSERT = """
INSERT INTO alert_channels
    (id, name, channel, url, secret, email, alert_types, deduplication_key, created_at)
VALUES (:id, :name, :channel, :url, :secret, :email, :alert_types, :key, :now)
ON CONFLICT (deduplication_key) DO UPDATE SET
    name = :name, channel = :channel, url = :url, secret = :secret, email = :email,
    alert_types = :alert_types
RETURNING *
"""
_WEBHOOKS = """
SELECT * FROM alert_channels WHERE channel = 'webhook' ORDER BY created_at, id
"""


@dataclass(frozen=True)
class AlertChannel:
    """A receiver of alerts.

    Attributes:
        url: Where they are posted to.
        secret: What they are signed with: the whole text is the key.
        types: Those that it gets.
    """

    url: str
    secret: str
    types: tuple[str, ...] = tuple(TYPES.values())


def keep_channel(
    connection: sqlite3.Connection,
    *,
    name: str,
    channel: str,
    data: dict[str, str],
    alert_types: list[str],
    deduplication_key: str | None,
    now: int,
) -> dict[str, Any]:
    """Make a channel, or change the one with the same key; return it as the API does.

    Args:
        connection: A connection inside a transaction.
        name: For people.
        channel: `webhook` or `email`; nothing is sent to the latter.
        data: `url`, `secret` and `email`, as far as they are given.
        alert_types: Words of the API.
        deduplication_key: None: it is a new channel.
        now: Milliseconds since 1970.
    """
    secret = data.get("secret") or _random_id() if channel == "webhook" else None
    row = connection.execute(
        _UPSERT,
        {
            "id": f"alert_channel_{_random_id()}",
            "name": name,
            "channel": channel,
            "url": data.get("url"),
            "secret": secret,
            "email": data.get("email"),
            "alert_types": write_json(alert_types),
            "key": deduplication_key or None,
            "now": now,
        },
    ).fetchone()
    names = ("url", "secret") if channel == "webhook" else ("email",)
    shown = {
        "id": row["id"],
        "name": row["name"],
        "alertTypes": json.loads(row["alert_types"]),
        "channel": row["channel"],
        "channelData": {name: row[name] for name in names},
    }
    if row["deduplication_key"] is not None:
        shown["deduplicationKey"] = row["deduplication_key"]
    return shown


def kept_channels(connection: sqlite3.Connection) -> list[AlertChannel]:
    """Return the webhooks that were made by the API."""
    return [
        AlertChannel(
            row["url"],
            row["secret"],
            tuple(
                TYPES[word] for word in json.loads(row["alert_types"]) if word in TYPES
            ),
        )
        for row in connection.execute(_WEBHOOKS)
    ]


def _random_id() -> str:
    return "".join(secrets.choice(_ID_ALPHABET) for _ in range(_ID_LENGTH))
