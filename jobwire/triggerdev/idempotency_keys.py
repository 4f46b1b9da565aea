"""Idempotency keys, hashed as the official SDK does.

Source: `packages/core/src/v3/idempotencyKeys.ts` of triggerdotdev/trigger.dev, read
2026-11-23, and calls of `@trigger.dev/sdk` 4.8.3.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from jobwire.triggerdev.errors import InvalidOptionError

Scope = Literal["run", "attempt", "global"]


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A key, and what it was before it was hashed.

    Attributes:
        value: As the server stores it: SHA-256 in hex.
        original: The parts, joined by `-`.
        scope: What the key is unique in, besides the environment and the task.
    """

    value: str
    original: str
    scope: Scope

    def __str__(self) -> str:
        return self.value


def create_idempotency_key(
    key: str | Sequence[str],
    *,
    scope: Scope = "global",
    run_id: str | None = None,
    attempt: int | None = None,
) -> IdempotencyKey:
    """Make the key that the official SDK makes of the same arguments.

    Args:
        key: One text, or several that are joined.
        scope: `global`, or `run` or `attempt` to be unique within a parent run or one
            of its attempts.
        run_id: Of the parent run, for the other two scopes.
        attempt: Its number, for the scope `attempt`.

    Raises:
        InvalidOptionError: The key is empty, or the scope lacks an argument.
    """
    parts = [key] if isinstance(key, str) else list(key)
    if not parts or not all(parts):
        raise InvalidOptionError("key", "be a text, or several, none of them empty")
    within: list[str] = []
    if scope != "global":
        if run_id is None:
            raise InvalidOptionError("run_id", f"be given for the scope {scope}")
        within.append(run_id)
    if scope == "attempt":
        if attempt is None:
            raise InvalidOptionError("attempt", "be given for the scope attempt")
        within.append(str(attempt))
    return IdempotencyKey(_hash(*parts, *within), "-".join(parts), scope)


def _hash(*parts: str) -> str:
    return hashlib.sha256("-".join(parts).encode()).hexdigest()
