"""The request of a trigger, its payload uploaded when it is too large to be sent."""

from typing import Any

from jobwire.triggerdev.json_text import encode
from jobwire.triggerdev.sending import Sender
from jobwire.triggerdev.trigger_options import TriggerOptions
from jobwire.triggerdev.uploads import upload

#: The server refuses a larger request, or line of a batch, with 413.
MAX_TRIGGER_BYTES = 3_145_728


async def trigger_body(
    sender: Sender, payload: object, options: TriggerOptions, **beside: object
) -> bytes:
    """Write what a trigger sends, and what of a batch's item is beside it.

    A payload is uploaded only when the request would be too large: a server need not
    have an object store.

    Raises:
        InvalidOptionError: The payload is no JSON, or the delay is over.
    """
    options.check_at(sender.now())
    written: dict[str, Any] = options.to_json()
    body = encode("payload", {**beside, "payload": payload, "options": written})
    if len(body) <= MAX_TRIGGER_BYTES:
        return body
    stored = await upload(sender, payload)
    written |= {"payloadType": "application/store", "payloadSize": stored.size}
    return encode("payload", {**beside, "payload": stored.path, "options": written})
