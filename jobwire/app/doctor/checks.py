"""Making checks one after the other, so that none hides another or keeps it waiting."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

from jobwire.app.doctor.examination import Examination
from jobwire.app.doctor.finding import Finding, Verdict, failed, not_checked

#: How long a check may take, in seconds.
DEADLINE = 10.0


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at.

    Attributes:
        name: What a person calls it; unique.
        look: Looks at it.
        needs: Names of checks without which there is nothing to look at.
        seconds: How long it may take.
    """

    name: str
    look: Callable[[Examination], Awaitable[Finding]]
    needs: tuple[str, ...] = ()
    seconds: float = DEADLINE


@dataclass(frozen=True, slots=True)
class Checked:
    """A check and what it found."""

    name: str
    finding: Finding


async def make_checks(
    checks: Sequence[Check], examination: Examination
) -> AsyncIterator[Checked]:
    """Make each check in its turn, and give what it found at once.

    One whose needs were not met is not made, and says which check is to blame.
    """
    blamed: dict[str, str] = {}
    for check in checks:
        blame = next((blamed[need] for need in check.needs if need in blamed), None)
        if blame is None:
            finding = await _look(check, examination)
        else:
            finding = not_checked(f"not checked, because of {blame!r}")
        if finding.verdict in (Verdict.FAILED, Verdict.NOT_CHECKED):
            blamed[check.name] = blame or check.name
        yield Checked(check.name, finding)


async def _look(check: Check, examination: Examination) -> Finding:
    deadline = asyncio.timeout(check.seconds)
    try:
        async with deadline:
            return await check.look(examination)
    # What nobody thought of is what a doctor is asked for.
    except Exception as error:  # noqa: BLE001 - told as a finding
        if deadline.expired():
            return failed(
                f"no answer within {check.seconds:g} s",
                "Look at the load of what was asked, and at the network to it.",
            )
        told = str(error) or type(error).__name__
        return failed(f"could not be checked: {told}", "See what the error says.")
