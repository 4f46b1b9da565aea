"""Long bodies of answers, sent piece by piece, as fast as they are read."""

from collections.abc import Iterator

from starlette.types import Message

#: Bytes of a piece. A server that has about as much left waits with the next.
PIECE = 64 * 1024


def in_pieces(body: bytes, *, more: bool) -> Iterator[Message]:
    """Yield the messages that send a body.

    Whoever sends them waits for the reader of a long one; a body that is sent as one
    message waits in the server, and nobody knows for how long.

    Args:
        body: The body, or what of it is there.
        more: Whether more of it follows.
    """
    end = len(body)
    start = 0
    while end - start > PIECE:
        piece = body[start : start + PIECE]
        yield {"type": "http.response.body", "body": piece, "more_body": True}
        start += PIECE
    rest = body[start:] if start else body
    yield {"type": "http.response.body", "body": rest, "more_body": more}
