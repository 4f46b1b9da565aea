"""ISO 8601 durations as Jobwire writes them."""

import re

FORM = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?")
SECONDS = (86_400, 3_600, 60, 1)


def seconds(duration: str) -> float:
    """Return the length of a duration such as `PT2.5S`; 0 for what is none."""
    match = FORM.fullmatch(duration)
    parts = match.groups(default="0") if match else ()
    return sum(float(part) * unit for part, unit in zip(parts, SECONDS, strict=False))
