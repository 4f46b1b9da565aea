"""Changes at random: to bytes, and to JSON so that it stays JSON."""

import json
from random import Random
from typing import Any

#: Values that readers stumble over.
_AWKWARD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    2**31,
    2**63,
    10**40,
    1e308,
    -0.5,
    float("nan"),
    float("inf"),
    "",
    "\0",
    "\ud800",
    "ä𝄞",
    "9" * 400,
    "2026-01-02T03:04:05Z",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00",
    [],
    {},
    [[[[]]]],
    {"": {}},
)
_INTERESTING_BYTES = b"\0\r\n\t \"'\\,:;.=+-_~%&*/{}[]()<>$@!#^|?\x7f\x80\xc3\xed\xff"


def mutate_bytes(data: bytes, random: Random) -> bytes:
    """Change a few bytes: other ones, fewer, more, or some twice."""
    changed = bytearray(data)
    for _ in range(random.randint(1, 4)):
        place = random.randint(0, len(changed))
        end = min(place + random.randint(1, 8), len(changed))
        match random.randrange(5):
            case 0:
                changed[place:end] = random.randbytes(end - place)
            case 1:
                del changed[place:end]
            case 2:
                changed[place:place] = changed[place:end] * random.randint(1, 30)
            case 3:
                changed.insert(place, random.choice(_INTERESTING_BYTES))
            case _:
                changed[place:end] = bytes([random.choice(_INTERESTING_BYTES)])
    return bytes(changed)


def mutate_json(data: bytes, random: Random) -> bytes | None:
    """Change one value of a JSON text; None: it is none."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return json.dumps(_changed(value, random)).encode()


def _changed(value: Any, random: Random) -> Any:
    if not value or not isinstance(value, list | dict) or _seldom(random):
        return random.choice((*_AWKWARD, value, [value], {"a": value}))
    places = list(value) if isinstance(value, dict) else list(range(len(value)))
    place = random.choice(places)
    if _seldom(random):
        return _without(value, place)
    if _seldom(random):
        # One member in the place of another.
        return _with(value, place, value[random.choice(places)])
    return _with(value, place, _changed(value[place], random))


def _seldom(random: Random) -> bool:
    return random.randrange(10) == 0


def _without(value: Any, place: Any) -> Any:
    if isinstance(value, dict):
        return {name: member for name, member in value.items() if name != place}
    return [*value[:place], *value[place + 1 :]]


def _with(value: Any, place: Any, member: Any) -> Any:
    if isinstance(value, dict):
        return {**value, place: member}
    return [*value[:place], member, *value[place + 1 :]]
