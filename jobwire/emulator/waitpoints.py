"""Waitpoint tokens: made by callers, and completed by them or by the clock.

Source: `apps/webapp/app/routes/api.v1.waitpoints.tokens*.ts` and
`WaitpointListPresenter.server.ts` of triggerdotdev/trigger.dev, read 2026-11-26.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any

from jobwire.emulator.clock import iso
from jobwire.emulator.durations import LAST_INSTANT
from jobwire.emulator.identifiers import new_cuid, new_nanoid
from jobwire.emulator.payloads import JSON_TYPE, SUPER_JSON_TYPE, write_json
from jobwire.emulator.state import State

TEXT_TYPE = "text/plain"
_DUE = "SELECT * FROM waitpoints WHERE due_at <= ? ORDER BY due_at, id LIMIT 1"


@dataclass(frozen=True)
class Waitpoint:
    """A row of `waitpoints`; instants in milliseconds since 1970.

    Attributes:
        status: `WAITING`, `COMPLETED` or `TIMED_OUT`.
        due_at: When the clock ends it; None: never, or not any more.
        idempotency_key: None: it has lost it, or none was given.
        idempotency_key_shown: The one that it has or had; made up when none was given.
    """

    id: str
    status: str
    created_at: int
    timeout_at: int | None
    due_at: int | None
    completed_at: int | None
    output: str | None
    output_type: str
    idempotency_key: str | None
    idempotency_key_expires_at: int | None
    idempotency_key_shown: str
    is_key_given: int
    tags: str

    @property
    def tag_list(self) -> tuple[str, ...]:
        """The tags, sorted."""
        return tuple(json.loads(self.tags))


def find_waitpoint(connection: Connection, id: str) -> Waitpoint | None:
    """Return a waitpoint; None: there is none."""
    row = connection.execute("SELECT * FROM waitpoints WHERE id = ?", (id,)).fetchone()
    return None if row is None else Waitpoint(**dict(row))


def create(
    connection: Connection,
    *,
    timeout_at: int | None,
    tags: Sequence[str],
    key: str | None,
    key_expires_at: int | None,
    now: int,
) -> tuple[str, bool]:
    """Make a waitpoint; return its id, and whether the key already had it."""
    if key:
        held = connection.execute(
            "SELECT id, idempotency_key_expires_at AS until FROM waitpoints"
            " WHERE idempotency_key = ?",
            (key,),
        ).fetchone()
        if held is not None:
            if held["until"] is None or now <= held["until"]:
                return held["id"], True
            connection.execute(
                "UPDATE waitpoints SET idempotency_key = NULL WHERE id = ?",
                (held["id"],),
            )
    id = f"waitpoint_{new_cuid(now)}"
    connection.execute(
        "INSERT INTO waitpoints VALUES"
        " (?, 'WAITING', ?, ?, ?, NULL, NULL, ?, ?, ?, ?, ?, ?)",
        (
            id,
            now,
            timeout_at,
            timeout_at,
            JSON_TYPE,
            key or None,
            key_expires_at,
            key or new_nanoid(),
            bool(key),
            write_json(sorted(tags)),
        ),
    )
    return id, False


def complete(
    connection: Connection,
    waitpoint: Waitpoint,
    packet: tuple[str | None, str],
    now: int,
) -> None:
    """WAITING → COMPLETED with a packet; what is over stays as it is."""
    if waitpoint.status != "WAITING":
        return
    _end(connection, waitpoint.id, "COMPLETED", packet, now)


def packet_of(data: Any) -> tuple[str | None, str]:
    """Write data as the official server does, with its type."""
    if data is None:
        # To superjson null is an object, and nothing at all is no data.
        return write_json({"json": None}), SUPER_JSON_TYPE
    if isinstance(data, str):
        return data, TEXT_TYPE
    return write_json({"json": data}), SUPER_JSON_TYPE


def shown(waitpoint: Waitpoint, url: str) -> dict[str, Any]:
    """Return a waitpoint as lists show it; what is unset is left out."""
    told = {
        "id": waitpoint.id,
        "url": url,
        "status": waitpoint.status,
        "idempotencyKey": (
            waitpoint.idempotency_key_shown if waitpoint.is_key_given else None
        ),
        "idempotencyKeyExpiresAt": _iso(waitpoint.idempotency_key_expires_at),
        "timeoutAt": _iso(waitpoint.timeout_at),
        "completedAfter": _iso(waitpoint.timeout_at),
        "completedAt": _iso(waitpoint.completed_at),
        "createdAt": iso(waitpoint.created_at),
        "tags": list(waitpoint.tag_list),
    }
    return {name: value for name, value in told.items() if value is not None}


def retrieved(waitpoint: Waitpoint, url: str) -> dict[str, Any]:
    """Return a waitpoint as retrieving shows it."""
    told = {
        **shown(waitpoint, url),
        "type": "MANUAL",
        "idempotencyKey": waitpoint.idempotency_key_shown,
        "userProvidedIdempotencyKey": bool(waitpoint.is_key_given),
        "output": waitpoint.output,
        "outputType": waitpoint.output_type,
        "outputIsError": waitpoint.status == "TIMED_OUT",
    }
    return {name: value for name, value in told.items() if value is not None}


@dataclass
class Waitpoints:
    """The clockwork of waitpoints: ends those whose time is over."""

    state: State
    is_busy: bool = False

    def next_due(self) -> int | None:
        """Return when the next one ends by itself; None: none does."""
        due: int | None = self.state.connection.execute(
            "SELECT min(due_at) FROM waitpoints"
        ).fetchone()[0]
        return due

    def take_due(self, now: int) -> bool:
        """End one whose time is over; return whether there was one."""
        if self.state.connection.execute(_DUE, (now,)).fetchone() is None:
            return False
        with self.state.transaction() as connection:
            found = Waitpoint(**dict(connection.execute(_DUE, (now,)).fetchone()))
            error = {
                "code": "TRIGGER_WAITPOINT_TIMEOUT",
                "message": f"Waitpoint timed out at {_iso(found.timeout_at)}",
            }
            packet = write_json(error), JSON_TYPE
            _end(connection, found.id, "TIMED_OUT", packet, now)
        return True

    async def settle(self) -> None:
        """Wait for nothing: every one ends at once."""

    async def close(self) -> None:
        """Leave the rest to the next life."""


def _end(
    connection: Connection,
    id: str,
    status: str,
    packet: tuple[str | None, str],
    now: int,
) -> None:
    connection.execute(
        "UPDATE waitpoints SET status = ?, output = ?, output_type = ?,"
        " completed_at = ?, due_at = NULL WHERE id = ?",
        (status, *packet, now, id),
    )


def _iso(instant: int | None) -> str | None:
    return None if instant is None else iso(min(instant, LAST_INSTANT))
