"""Every request that the official SDK 4.8.3 makes, as it was recorded.

Keys are masked; of large bodies only the size was kept.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "sdk_requests.json"
_FILLED = '{"json":{"big":""}}'


@dataclass(frozen=True)
class SdkRequest:
    """A request.

    Attributes:
        call: The call of the SDK that made it, maybe with others.
        number: Its place in the log, from 0.
        query: As it was sent, without the question mark.
        body: As it was sent; empty: none.
    """

    call: str
    number: int
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: str

    @property
    def name(self) -> str:
        return f"{self.number} {self.call}: {self.method} {self.path}"


@cache
def sdk_requests() -> tuple[SdkRequest, ...]:
    """Return the log."""
    log = json.loads(_FILE.read_text())["requests"]
    return tuple(
        SdkRequest(
            one["call"],
            number,
            one["method"],
            one["path"],
            one.get("query", ""),
            one["headers"],
            one.get("body", _filled(one.get("body_bytes"))),
        )
        for number, one in enumerate(log)
    )


def requests_of(call: str) -> list[SdkRequest]:
    """Return what one call of the SDK sent."""
    found = [one for one in sdk_requests() if one.call == call]
    assert found, call
    return found


def _filled(size: int | None) -> str:
    if size is None:
        return ""
    return _FILLED.replace('""', f'"{"y" * (size - len(_FILLED))}"')
