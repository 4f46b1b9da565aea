"""What became of fuzzing one target."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one target.

    Attributes:
        runs: How many inputs it was given; None: that is not known.
        fault: What it raised, as people read it; None: nothing.
        input: The file with the input that it raised it for, if there is one.
    """

    target: str
    runs: int | None
    fault: str | None = None
    input: Path | None = None
