"""Failures: why an attempt or a job failed, in bounded text that can be stored."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from jobwire.models.vocabulary import FailureKind

#: Bytes of a failure's message, name and stack, as UTF-8.
MAX_MESSAGE_BYTES = 2000
MAX_NAME_BYTES = 200
MAX_STACK_BYTES = 16_000
#: Of a stack that is too long, this share is kept from its beginning.
_HEAD = 0.25


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt failed."""

    kind: FailureKind
    message: str
    name: str | None = None
    code: str | None = None
    stack: str | None = None

    def to_json(self) -> str:
        """Write it as it stands in `job_attempts.failure`."""
        return json.dumps(asdict(self))

    def columns(self) -> dict[str, Any]:
        """Return the columns by which a job tells it, JSON as text."""
        return {
            "success": False,
            "failure_kind": self.kind.value,
            "result": json.dumps({"error": asdict(self)}),
        }


def cut(text: str, limit: int) -> str:
    """Make text storable, and at most so many bytes long as UTF-8."""
    encoded = _clean(text).encode()
    if len(encoded) <= limit:
        return encoded.decode()
    mark = "…"
    return encoded[: limit - len(mark.encode())].decode(errors="ignore") + mark


def cut_stack(text: str) -> str:
    """Make a stack storable; of a long one the beginning and the end are kept."""
    encoded = _clean(text).encode()
    if len(encoded) > MAX_STACK_BYTES:
        head = int(MAX_STACK_BYTES * _HEAD)
        gap = b"\n  ... \n"
        tail = MAX_STACK_BYTES - head - len(gap)
        encoded = encoded[:head] + gap + encoded[-tail:]
    return encoded.decode(errors="ignore")


def _clean(text: str) -> str:
    # PostgreSQL stores neither NUL nor lone surrogates.
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
