"""Events that are posted to a process."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from jobwire.jobs.doorbell import Doorbell
from jobwire.jobs.posted import Posted
from jobwire.jobs.reception import Reception
from jobwire.jobs.webhook import admit, read_posted, receive
from jobwire.triggerdev import sign_hex
from tests.flows.actor import Actor
from tests.jobs.rig import SECRET

#: Has a process take in an event.
Post: TypeAlias = Callable[[Actor, dict[str, Any]], Awaitable[None]]


async def posts(actor: Actor, body: dict[str, Any]) -> None:
    """Have a process take in an event, as its route does."""
    raw, signed = _signed(body)
    claim = admit(signed, now=actor.clock.now())
    posted = read_posted(raw, claim, secrets=(SECRET,))
    if isinstance(posted, Posted):
        doorbell = Doorbell(actor.database, enabled=False)
        await Reception(actor.database, actor.clock, doorbell).take_in(posted)


async def posts_in_transaction(actor: Actor, body: dict[str, Any]) -> None:
    """Have a process take in an event in a transaction of its own."""
    raw, signed = _signed(body)
    async with actor.database.transaction() as connection:
        await receive(connection, raw, signed, secrets=(SECRET,), now=actor.clock.now())


def _signed(body: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    raw = json.dumps(body).encode()
    return raw, {"x-trigger-signature-hmacsha256": sign_hex(SECRET, raw)}
