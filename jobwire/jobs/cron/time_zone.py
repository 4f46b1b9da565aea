"""The time zones that job schedules may have: the names of the IANA database."""

import re
from datetime import timedelta
from difflib import get_close_matches
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from jobwire.jobs.errors import InvalidInputError

#: Files beside the zones, which are none.
_NO_ZONES = frozenset({"Factory", "localtime", "posixrules"})
_MOST_ZONES = 1024
_NEAR, _SIMILARITY = 3, 0.75
_MOST_TOLD = 64
_OFFSET = re.compile(
    r"(?:UTC|GMT|Z)?([+-])(\d{1,2})(?::?(\d{2}))?", re.ASCII | re.IGNORECASE
)
_FARTHEST_WEST, _FARTHEST_EAST = -12, 14
#: Abbreviations that name no zone, and one that they are used in.
_ABBREVIATIONS = {
    "ACST": "Australia/Adelaide",
    "AEDT": "Australia/Sydney",
    "AEST": "Australia/Sydney",
    "AKST": "America/Anchorage",
    "AWST": "Australia/Perth",
    "BRT": "America/Sao_Paulo",
    "BST": "Europe/London",
    "CDT": "America/Chicago",
    "CEST": "Europe/Berlin",
    "CST": "America/Chicago",
    "EAT": "Africa/Nairobi",
    "EDT": "America/New_York",
    "EEST": "Europe/Athens",
    "HKT": "Asia/Hong_Kong",
    "IST": "Asia/Kolkata",
    "JST": "Asia/Tokyo",
    "KST": "Asia/Seoul",
    "MDT": "America/Denver",
    "MSK": "Europe/Moscow",
    "NZDT": "Pacific/Auckland",
    "NZST": "Pacific/Auckland",
    "PDT": "America/Los_Angeles",
    "PST": "America/Los_Angeles",
    "PT": "America/Los_Angeles",
    "SGT": "Asia/Singapore",
    "WEST": "Europe/Lisbon",
    "Z": "UTC",
}


def check_zone(name: str) -> None:
    """Pass a name of a time zone, spelled as the IANA database does.

    Raises:
        InvalidInputError: It is another spelling, an abbreviation, an offset, or none;
            the message names the nearest accepted names. Its path is `timezone`.
    """
    if name not in _names():
        raise InvalidInputError(
            "timezone must be the IANA name of a time zone such as Europe/Berlin, not"
            f" {name[:_MOST_TOLD]!r}. {_advice(name)}",
            path=("timezone",),
        )


@lru_cache(_MOST_ZONES)
def zone_of(name: str) -> ZoneInfo:
    """Return a zone by its name; `zoneinfo` itself keeps but a few.

    Raises:
        InvalidInputError: As `check_zone`; a name may have gone since it was checked.
    """
    check_zone(name)
    return ZoneInfo(name)


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones()) - _NO_ZONES


@cache
def _spellings() -> dict[str, str]:
    return {_folded(name): name for name in _names()}


@cache
def _cities() -> dict[str, str]:
    # Those of Etc are offsets with their signs turned round.
    names = [name for name in sorted(_names()) if not name.startswith("Etc/")]
    return {_folded(name.rpartition("/")[2]): name for name in names}


def _folded(name: str) -> str:
    return name.strip().replace(" ", "_").casefold()


def _advice(name: str) -> str:
    folded = _folded(name)
    if folded in _spellings():
        return f"Write {_spellings()[folded]}."
    offset = _OFFSET.fullmatch(name.strip())
    if offset is not None:
        return _advice_on_offset(*offset.groups())
    zone = _ABBREVIATIONS.get(name.strip().upper())
    if zone is not None:
        return f"Abbreviations are not accepted; write for example {zone}."
    if folded in _cities():
        return f"Write {_cities()[folded]}."
    known = _cities() | _spellings()
    near = get_close_matches(folded[:_MOST_TOLD], known, _NEAR, _SIMILARITY)
    if near:
        found = [*dict.fromkeys(known[one] for one in near)]
        return f"Did you mean {' or '.join(found)}?"
    return "Write UTC, or the name of a large city in the zone, after its continent."


def _advice_on_offset(sign: str, hours: str, minutes: str | None) -> str:
    told = "An offset knows no summer time: write the name of a city's zone"
    east = int(f"{sign}{hours}")
    span = timedelta(minutes=int(minutes or 0))
    if span or not _FARTHEST_WEST <= east <= _FARTHEST_EAST:
        return f"{told}."
    # In these names, as in POSIX, the sign is turned round.
    fixed = f"Etc/GMT{-east:+}" if east else "UTC"
    return f"{told} or, for this offset all year, {fixed}."
