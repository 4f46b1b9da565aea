"""Until when a token is asked to be valid, as the JWT library `jose` reads it.

Source: `apps/webapp/app/services/publicTokens.server.ts` of triggerdotdev/trigger.dev,
read 2026-11-26.
"""

import re

_TEXT = re.compile(
    r"([+-])? ?(\d+|\d+\.\d+) ?"
    r"(seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w|years?|yrs?|y)"
    r"(?: (ago|from now))?",
    re.IGNORECASE | re.ASCII,
)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "y": 31_557_600}


def expires_at(asked: str | float, now: int) -> float | None:
    """Return the seconds since 1970, which may be over; None: it is no such time.

    Args:
        asked: `15m` and its like from now on, or the seconds themselves.
        now: Seconds since 1970.
    """
    if not isinstance(asked, str):
        return asked
    found = _TEXT.fullmatch(asked)
    if found is None:
        return None
    sign, number, unit, direction = found.groups()
    if sign and direction:
        return None
    seconds = round(float(number) * _SECONDS[unit[0].lower()])
    is_over = sign == "-" or (direction or "").lower() == "ago"
    return now - seconds if is_over else now + seconds
