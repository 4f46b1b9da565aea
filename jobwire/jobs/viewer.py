"""Who asks, and what they may do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from jobwire.jobs import identifiers
from jobwire.jobs.errors import ForbiddenError
from jobwire.jobs.wall import Wall


class Scope(StrEnum):
    """One permission of a token."""

    JOBS_READ = "jobs:read"
    JOBS_WRITE = "jobs:write"
    SCHEDULES_WRITE = "schedules:write"
    #: Everything, on the jobs of every user.
    ADMIN = "admin"


_WORDS = frozenset(Scope)


def known_scopes(words: Iterable[str]) -> frozenset[Scope]:
    """Return the scopes that words name; the others count for nothing."""
    return frozenset(Scope(word) for word in words if word in _WORDS)


@dataclass(frozen=True, slots=True)
class Viewer:
    """The caller of one operation.

    Attributes:
        user_id: Whose jobs they are, when nothing else is said.
        scopes: What the caller may do; ADMIN implies the others.
        expires_at: When the proof of this ends; None: never.
        api_key_id: The API key that is the proof, which may be revoked; None: another.
        api_key_per_minute: How many operations that key may start in a minute, in each
            process; None: it has no limit of its own.
        job_id: The one job that the caller may read; None: all that the scopes allow.
            With it every scope but JOBS_READ is dropped, so that such a caller never
            writes and is no admin.
    """

    user_id: str
    scopes: frozenset[Scope]
    expires_at: datetime | None = None
    api_key_id: UUID | None = None
    api_key_per_minute: int | None = None
    job_id: UUID | None = None

    def __post_init__(self) -> None:
        if self.job_id is not None:
            reads = frozenset({Scope.JOBS_READ}) if self.has(Scope.JOBS_READ) else ()
            object.__setattr__(self, "scopes", frozenset(reads))

    @property
    def is_admin(self) -> bool:
        """Whether the caller sees and touches the jobs of every user."""
        return Scope.ADMIN in self.scopes

    @property
    def wall(self) -> Wall:
        """What the caller may see."""
        return Wall() if self.is_admin else Wall(self.user_id, self.job_id)

    def detail(self, known: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
        """Return the detail of an event of the caller's doing, which names their key.

        Args:
            known: What else is known of it; None: nothing.
        """
        if self.api_key_id is None:
            return None if known is None else dict(known)
        key = identifiers.type_id(identifiers.API_KEY_PREFIX, self.api_key_id)
        return {**(known or {}), "apiKey": key}

    def has_expired(self, now: datetime) -> bool:
        """Whether the proof of this has ended."""
        return self.expires_at is not None and now >= self.expires_at

    def has(self, scope: Scope) -> bool:
        """Whether the caller has a scope, by itself or by ADMIN."""
        return scope in self.scopes or Scope.ADMIN in self.scopes

    def require(self, scope: Scope) -> None:
        """Refuse a caller without the scope.

        Raises:
            ForbiddenError: The scope is missing.
        """
        if not self.has(scope):
            raise ForbiddenError(scope.value)

    def owner(self, user_id: str | None) -> str:
        """Return whose job a new one is: the user asked for, or the caller.

        Raises:
            ForbiddenError: Another user was named without ADMIN.
        """
        if user_id is None or user_id == self.user_id:
            return self.user_id
        if not self.is_admin:
            raise ForbiddenError(
                Scope.ADMIN.value,
                reason="Only an admin may schedule for another user.",
                path=("userId",),
            )
        return user_id


def trusted(user_id: str) -> Viewer:
    """Return the viewer for Python code that has already decided who acts."""
    return Viewer(user_id, frozenset({Scope.ADMIN}))
