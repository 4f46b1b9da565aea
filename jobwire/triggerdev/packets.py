"""Large payloads and outputs as they lie in the object store."""

import json

from jobwire.triggerdev.errors import MalformedResponseError
from jobwire.triggerdev.fields import Fields


def decode_packet(media_type: str, body: bytes) -> object:
    """Read a packet.

    Args:
        media_type: `application/json`, `text/plain`, or `application/super+json`,
            whose `json` is the plain value and whose types are dropped, as the API
            itself does; none counts as JSON.
        body: UTF-8.

    Raises:
        MalformedResponseError: It is none of these.
    """
    try:
        text = body.decode()
        if media_type == "text/plain":
            return text
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedResponseError(
            f"The packet is not the {media_type or 'JSON'} that it should be."
        ) from error
    if media_type == "application/super+json":
        return Fields(value, "the packet", refuse=MalformedResponseError).any("json")
    if media_type in {"", "application/json"}:
        return value
    raise MalformedResponseError(
        f"The packet must be JSON, super+json or plain text, not {media_type}."
    )
