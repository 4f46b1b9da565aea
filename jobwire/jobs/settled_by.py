"""What settled a cancel: `settledBy`, in the detail of the event that did it."""

from enum import StrEnum
from typing import Any


class SettledBy(StrEnum):
    """What is known of the code of a job whose cancel was settled, and from whom."""

    #: No code was running at that moment: the job waited with us.
    NOT_RUNNING = "NOT_RUNNING"
    #: The code itself ended, and its worker said how.
    CODE = "CODE"
    #: Its worker gave no sign of life until the lease ran out.
    LEASE = "LEASE"
    #: Trigger.dev said how its run ended.
    RUN = "RUN"
    #: A hook told, from inside the run, that the code had ended.
    HOOK = "HOOK"
    #: Trigger.dev has no run of it: none was accepted, none was found, or it is gone.
    NO_RUN = "NO_RUN"
    #: Nobody told that the code of a canceled run had ended, for so long that
    #: Trigger.dev should have ended it: no proof.
    DEADLINE = "DEADLINE"
    #: Nothing: the grace of a forced cancel passed. The code may still be running.
    GRACE = "GRACE"

    @property
    def detail(self) -> dict[str, Any]:
        """The detail of an event, as JSON."""
        return {"settledBy": self.value}

    @property
    def sql(self) -> str:
        """The detail of an event, as an SQL expression."""
        return f"jsonb_build_object('settledBy', '{self.value}')"
