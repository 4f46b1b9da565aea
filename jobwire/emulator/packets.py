"""Packets: the object store, a table of its own in the state."""

from sqlite3 import Connection
from typing import Any

from jobwire.emulator.payloads import JSON_TYPE, STORE_TYPE, read_packet
from jobwire.emulator.run import Run

#: A payload of this many bytes is put into the store by the server itself, and an
#: output by the worker that has it.
MAX_PAYLOAD_BYTES = 524_288
MAX_OUTPUT_BYTES = 131_072
_INSERT = "INSERT OR REPLACE INTO packets (path, media_type, body) VALUES (?, ?, ?)"


def keep(connection: Connection, path: str, media_type: str, body: bytes) -> None:
    """Put a packet into the store, in the place of one that is there."""
    connection.execute(_INSERT, (path, media_type, body))


def find(connection: Connection, path: str) -> tuple[str, bytes] | None:
    """Return the media type and the body of a packet, or None."""
    row = connection.execute(
        "SELECT media_type, body FROM packets WHERE path = ?", (path,)
    ).fetchone()
    return None if row is None else (row["media_type"], row["body"])


def moved(
    connection: Connection, path: str, data: str | None, media_type: str, *, limit: int
) -> tuple[str | None, str]:
    """Move data that is too large into the store.

    Returns:
        It, or else where it is, and its type.
    """
    if data is None or media_type == STORE_TYPE:
        return data, media_type
    body = data.encode(errors="surrogatepass")
    if len(body) < limit:
        return data, media_type
    keep(connection, path, media_type, body)
    return path, STORE_TYPE


def payload_of(connection: Connection, run: Run) -> Any:
    """Return what the task of a run is given, from wherever it is: plain JSON."""
    if run.payload_type != STORE_TYPE or run.payload is None:
        return run.payload_json
    found = find(connection, run.payload)
    if found is None:
        return None
    media_type, body = found
    kind = media_type.partition(";")[0].strip() or JSON_TYPE
    return read_packet(body.decode(errors="surrogatepass"), kind)
