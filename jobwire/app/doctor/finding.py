"""What a check finds, in words that a person and a program can use."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How bad it is."""

    #: As it should be.
    OK = "OK"
    #: It works, but not for long, or not as well as it could.
    WARNING = "WARNING"
    #: Jobs cannot be scheduled, run or watched, or news of them get lost.
    FAILED = "FAILED"
    #: Something else is to be mended first.
    NOT_CHECKED = "NOT_CHECKED"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        verdict: How bad it is.
        found: What was found, as a sentence or several lines.
        advice: What to do; empty: nothing.
    """

    verdict: Verdict
    found: str
    advice: str = ""


def ok(found: str) -> Finding:
    """All is well."""
    return Finding(Verdict.OK, found)


def warning(found: str, advice: str) -> Finding:
    """It works, but somebody should look at it."""
    return Finding(Verdict.WARNING, found, advice)


def failed(found: str, advice: str) -> Finding:
    """It does not work."""
    return Finding(Verdict.FAILED, found, advice)


def not_checked(found: str) -> Finding:
    """It could not, or need not, be looked at."""
    return Finding(Verdict.NOT_CHECKED, found)
