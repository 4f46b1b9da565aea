"""What becomes of a job whose run Trigger.dev does not know any more."""

from enum import StrEnum


class OrphanPolicy(StrEnum):
    """What settles a lost job, by its type."""

    #: It is FAILED, with the kind ORPHANED.
    FAIL = "fail"
    #: It is dispatched anew: its code may run a second time.
    RETRY = "retry"
    #: It stays open, a suspect, until somebody cancels it or its run comes back.
    HOLD = "hold"
