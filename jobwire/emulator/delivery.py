"""How the events of hooks are posted: the same numbers as in `trigger/jobwire.ts`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Delivery:
    """How long and how often an event is tried.

    Attributes:
        timeout: Seconds that one try may take.
        pauses: Seconds between tries; there is one try more than there are pauses.
        progress_interval: Seconds between two reports of one run's progress.
    """

    timeout: float = 5.0
    pauses: tuple[float, ...] = (0.5, 1.5)
    progress_interval: float = 0.25
