"""The time zones that schedules may have: the names that V8 knows them by.

Source: `Intl.supportedValuesOf("timeZone")` of Node 20, and answers of a real server
4.5.12, which refuses every other name of the same zone.
"""

from functools import cache
from importlib import resources

from jobwire.triggerdev.errors import InvalidOptionError

_FILE = "time_zones.txt"


def time_zones() -> tuple[str, ...]:
    """Return the accepted names, UTC first."""
    return tuple(_names())


def check_time_zone(option: str, name: str) -> None:
    """Pass a name that the server accepts.

    Raises:
        InvalidOptionError: It does not; the accepted spelling is told, if there is one.
    """
    if name in _names():
        return
    spelling = _aliases().get(name)
    if spelling is not None:
        must = f"be {spelling}, which is how Trigger.dev spells {name}"
        raise InvalidOptionError(option, must)
    must = f"be UTC or an IANA zone such as Europe/Berlin, not {name!r}"
    raise InvalidOptionError(option, must)


@cache
def _lines() -> tuple[str, ...]:
    text = resources.files("jobwire.triggerdev").joinpath(_FILE).read_text("utf-8")
    return tuple(line for line in text.splitlines() if not line.startswith("#"))


@cache
def _names() -> dict[str, None]:
    return dict.fromkeys(line for line in _lines() if " " not in line)


@cache
def _aliases() -> dict[str, str]:
    pairs = (line.partition(" ") for line in _lines() if " " in line)
    return {alias: name for alias, _, name in pairs}
