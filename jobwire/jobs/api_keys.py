"""API keys: long-lived proofs for programs, of which only the hash is kept."""

import hashlib
import re
import secrets
import string
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from jobwire.jobs import identifiers
from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.errors import InvalidInputError, NotFoundError, UnauthenticatedError
from jobwire.jobs.schedule_request import MAX_USER_ID_LENGTH, check_text
from jobwire.jobs.viewer import Scope, Viewer, known_scopes

#: What every key begins with, so that people and secret scanners know it.
PREFIX = "jwk_"
ID_PREFIX = identifiers.API_KEY_PREFIX
MAX_NAME_LENGTH = 120
MAX_LIFETIME = timedelta(days=3660)
MAX_PER_MINUTE = 1_000_000_000
#: Why a key is refused that was not made here.
UNKNOWN = "There is no such API key."
#: A use is noted when the last note is at least this old.
NOTE_AFTER = timedelta(minutes=1)

_LETTERS = string.ascii_letters + string.digits
#: 190 bits: too many to guess, so a plain hash is enough.
_LENGTH = 32
_SHAPE = re.compile(rf"{PREFIX}[{_LETTERS}]{{{_LENGTH}}}")

_COLUMNS = """id, name, user_id, scopes, operations_per_minute, created_at, expires_at,
 last_used_at, revoked_at"""
_INSERT = f"""INSERT INTO api_keys
 (id, name, user_id, scopes, operations_per_minute, hash, created_at, expires_at)
 VALUES ($1, $2, $3, $4::text[], $5, $6, $7, $8) RETURNING {_COLUMNS}"""
_FIND = f"SELECT hash, {_COLUMNS} FROM api_keys WHERE hash = ANY($1::bytea[])"
_GET = f"SELECT {_COLUMNS} FROM api_keys WHERE id = $1"
_LIST = f"SELECT {_COLUMNS} FROM api_keys ORDER BY id"
_REVOKE = f"""UPDATE api_keys SET revoked_at = coalesce(revoked_at, $2)
 WHERE id = $1 RETURNING {_COLUMNS}"""
# Of several processes that come at once, one writes.
_NOTE_USE = """UPDATE api_keys SET last_used_at = $2
 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $3)"""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is known of a key; the key itself is not.

    Attributes:
        id: A UUIDv7.
        name: What it is for.
        user_id: Whom it speaks for.
        scopes: What it may do.
        operations_per_minute: How many operations it may start in a minute, in each
            process; None: it has no limit of its own.
        created_at: When it was made.
        expires_at: When it ends; None: never.
        last_used_at: When it last came, to the minute; None: not yet.
        revoked_at: When it was revoked; None: it was not.
    """

    id: UUID
    name: str
    user_id: str
    scopes: frozenset[Scope]
    operations_per_minute: int | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Read a row."""
        return cls(**{**record, "scopes": known_scopes(record["scopes"])})

    @property
    def public_id(self) -> str:
        """What it is called outside: `key_…`."""
        return public_id(self.id)

    def viewer(self, now: datetime) -> Viewer:
        """Return whom it speaks for.

        Raises:
            UnauthenticatedError: It is revoked, or expired at this time.
        """
        if self.revoked_at is not None:
            raise UnauthenticatedError("The API key was revoked.")
        if self.expires_at is not None and self.expires_at <= now:
            raise UnauthenticatedError(
                f"The API key expired at {self.expires_at.isoformat()}."
            )
        return Viewer(
            self.user_id,
            self.scopes,
            self.expires_at,
            self.id,
            self.operations_per_minute,
        )

    def use_is_worth_noting(self, now: datetime) -> bool:
        """Whether the last note of a use is old."""
        return self.last_used_at is None or self.last_used_at <= now - NOTE_AFTER


@dataclass(frozen=True, slots=True)
class CreatedKey:
    """A key that was just made.

    Attributes:
        secret: The key itself, which nobody can read again.
        key: What is kept of it.
    """

    secret: str
    key: ApiKey


def public_id(id: UUID) -> str:
    """Write the public id of a key, `key_…`."""
    return identifiers.type_id(ID_PREFIX, id)


def is_api_key(text: str) -> bool:
    """Whether a text means to be an API key."""
    return text.startswith(PREFIX)


def has_shape(secret: str) -> bool:
    """Whether a text may be a key that was made here, as far as one can see."""
    return _SHAPE.fullmatch(secret) is not None


async def create(
    connection: SqlConnection,
    *,
    name: str,
    user_id: str,
    scopes: Collection[Scope],
    now: datetime,
    lifetime: timedelta | None = None,
    operations_per_minute: int | None = None,
) -> CreatedKey:
    """Make a key; its hash is kept.

    Args:
        connection: Where to write.
        name: What it is for, 1-120 characters.
        user_id: Whom it speaks for, 1-255 characters.
        scopes: What it may do.
        now: When.
        lifetime: How long it is valid, at most ten years; None: until it is revoked.
        operations_per_minute: How many operations it may start in a minute, in each
            process; None: no limit of its own.

    Raises:
        InvalidInputError: Something does not fit; its path says where.
    """
    check_text("name", name, MAX_NAME_LENGTH)
    check_text("user", user_id, MAX_USER_ID_LENGTH)
    if lifetime is not None and not timedelta() < lifetime <= MAX_LIFETIME:
        raise InvalidInputError(
            f"An API key must be valid for 1 to {MAX_LIFETIME.days} days, not"
            f" {lifetime}.",
            path=("lifetime",),
        )
    if (
        operations_per_minute is not None
        and not 1 <= operations_per_minute <= MAX_PER_MINUTE
    ):
        raise InvalidInputError(
            f"An API key may have 1 to {MAX_PER_MINUTE:,} operations a minute, not"
            f" {operations_per_minute:,}.",
            path=("operationsPerMinute",),
        )
    secret = PREFIX + "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    records = await connection.fetch(
        _INSERT,
        identifiers.new_id(now),
        name,
        user_id,
        sorted(scope.value for scope in scopes),
        operations_per_minute,
        _hash(secret),
        now,
        None if lifetime is None else now + lifetime,
    )
    return CreatedKey(secret, ApiKey.from_record(records[0]))


async def list_all(connection: SqlConnection) -> list[ApiKey]:
    """Return the keys of all users, oldest first."""
    return [ApiKey.from_record(record) for record in await connection.fetch(_LIST)]


async def revoke(connection: SqlConnection, key_id: str, *, now: datetime) -> ApiKey:
    """Revoke a key, for good; one that was revoked before keeps its time.

    Args:
        connection: Where to write.
        key_id: Its public id, `key_…`.
        now: When.

    Raises:
        NotFoundError: There is no such key.
    """
    try:
        id = identifiers.parse_type_id(ID_PREFIX, key_id)
    except ValueError:
        raise NotFoundError(key_id, what="API key") from None
    records = await connection.fetch(_REVOKE, id, now)
    if not records:
        raise NotFoundError(key_id, what="API key")
    return ApiKey.from_record(records[0])


async def find(connection: SqlConnection, secret: str) -> ApiKey:
    """Return what is known of a key, valid or not.

    Raises:
        UnauthenticatedError: There is none like it.
    """
    found = await find_all(connection, [secret])
    if secret not in found:
        raise UnauthenticatedError(UNKNOWN)
    return found[secret]


async def find_all(
    connection: SqlConnection, secrets: Collection[str]
) -> dict[str, ApiKey]:
    """Return what is known of some keys, valid or not; what is none is left out."""
    by_hash = {_hash(secret): secret for secret in secrets}
    found = {}
    for record in await connection.fetch(_FIND, list(by_hash)):
        known = dict(record)
        secret = by_hash[known.pop("hash")]
        found[secret] = ApiKey.from_record(known)
    return found


async def ensure_valid(connection: SqlConnection, id: UUID, *, now: datetime) -> None:
    """Refuse a key that was valid once, if it is no longer.

    Raises:
        UnauthenticatedError: It is revoked, expired or gone.
    """
    records = await connection.fetch(_GET, id)
    if not records:
        raise UnauthenticatedError(UNKNOWN)
    ApiKey.from_record(records[0]).viewer(now)


async def note_use(connection: SqlConnection, id: UUID, *, now: datetime) -> None:
    """Note that a key came, at most once a minute."""
    await connection.fetch(_NOTE_USE, id, now, now - NOTE_AFTER)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()
