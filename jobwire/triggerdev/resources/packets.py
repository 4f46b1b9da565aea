"""Packets: large values in the server's object store."""

from jobwire.triggerdev.answers import answer_fields
from jobwire.triggerdev.errors import OutputTooLargeError
from jobwire.triggerdev.packets import decode_packet
from jobwire.triggerdev.paths import segment
from jobwire.triggerdev.sending import BodyTooLargeError, Sender
from jobwire.triggerdev.uploads import StoredPacket, upload


class Packets:
    """`client.packets`: uploads and downloads by presigned URLs.

    Triggers upload by themselves what is too large for a request. A server without an
    object store refuses every call.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def upload(self, value: object) -> StoredPacket:
        """Put JSON into the store.

        Raises:
            InvalidOptionError: It is no JSON.
        """
        return await upload(self._sender, value)

    async def read(self, path: str, *, limit: int) -> object:
        """Return what lies at a path of the store.

        Args:
            path: As `StoredPacket.path`.
            limit: How much to fetch, in bytes.

        Raises:
            OutputTooLargeError: There is more to fetch.
            ApiStatusError: There is nothing.
        """
        answer = await self._sender.call(
            "GET", f"/api/v1/packets/{segment('path', path)}", repeatable=True
        )
        url = answer_fields(answer).text("presignedUrl")
        try:
            media_type, body = await self._sender.fetch(url, limit=limit)
        except BodyTooLargeError:
            raise OutputTooLargeError(path, limit) from None
        return decode_packet(media_type, body)
