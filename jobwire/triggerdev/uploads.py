"""Uploading what is too large for a request."""

from dataclasses import dataclass
from uuid import uuid4

from jobwire.triggerdev.answers import answer_fields
from jobwire.triggerdev.json_text import encode
from jobwire.triggerdev.paths import segment
from jobwire.triggerdev.sending import Sender

_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class StoredPacket:
    """What lies in the object store.

    Attributes:
        path: Where; a trigger can give it as its payload, as `application/store`.
        size: In bytes.
    """

    path: str
    size: int


async def upload(sender: Sender, value: object) -> StoredPacket:
    """Put JSON into the object store, under a name of its own.

    Raises:
        InvalidOptionError: It is no JSON.
    """
    body = encode("payload", value)
    name = f"trigger/packet_{uuid4().hex}/payload.json"
    # Another URL for the same name does no harm.
    answer = await sender.call(
        "PUT", f"/api/v2/packets/{segment('name', name)}", repeatable=True
    )
    fields = answer_fields(answer)
    await sender.store(fields.text("presignedUrl"), body, content_type=_JSON)
    return StoredPacket(fields.text("storagePath"), len(body))
