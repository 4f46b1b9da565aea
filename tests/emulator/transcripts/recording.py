"""What a real Trigger.dev 4.5.12 was asked and answered, as it was recorded.

Keys and tokens are masked; headers are the interesting ones, in lower case.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Request:
    """A request.

    Attributes:
        body: As it was sent; of the largest ones only their size was kept.
    """

    method: str
    path: str
    headers: dict[str, str]
    body: str | None


@dataclass(frozen=True)
class Answer:
    """An answer.

    Attributes:
        body: JSON, text, or None.
        is_cut: Whether the body is only the beginning of the text of indented JSON.
    """

    status: int
    headers: dict[str, str]
    body: Any
    is_cut: bool = False


@dataclass(frozen=True)
class Exchange:
    """A request, its answer, and how many milliseconds lay between them."""

    section: str
    name: str
    milliseconds: int
    request: Request
    answer: Answer

    @property
    def key(self) -> str:
        return f"{self.section} / {self.name}"


@cache
def exchanges() -> tuple[Exchange, ...]:
    """Return all exchanges in the order in which they were made."""
    return tuple(
        _exchange(section["section"], one)
        for section in map(_read, sorted(FOLDER.glob("*.json")))
        for one in section["exchanges"]
    )


@cache
def by_key() -> dict[str, Exchange]:
    return {one.key: one for one in exchanges()}


def _read(path: Path) -> dict[str, Any]:
    section: dict[str, Any] = json.loads(path.read_text())
    return section


def _exchange(section: str, one: dict[str, Any]) -> Exchange:
    asked, told = one["request"], one["answer"]
    body = asked.get("body")
    if (size := asked.get("payload_characters")) is not None:
        body = json.dumps({"payload": {"x": "x" * size}})
        assert len(body) == asked["body_bytes"]
    return Exchange(
        section,
        one["name"],
        one["milliseconds"],
        Request(asked["method"], asked["path"], asked["headers"], body),
        Answer(
            told["status"],
            told["headers"],
            told.get("json", told.get("cut", told.get("text"))),
            is_cut="cut" in told,
        ),
    )
