"""Events that are posted to a process."""

import json
from typing import Any

from jobwire.jobs.webhook import receive
from jobwire.triggerdev import sign_hex
from tests.flows.actor import Actor
from tests.jobs.rig import SECRET


async def posts(actor: Actor, body: dict[str, Any]) -> None:
    """Have a process take in an event, as its route does."""
    raw = json.dumps(body).encode()
    signed = {"x-trigger-signature-hmacsha256": sign_hex(SECRET, raw)}
    async with actor.database.transaction() as connection:
        await receive(connection, raw, signed, secrets=(SECRET,), now=actor.clock.now())
