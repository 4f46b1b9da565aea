"""The state machine: which status may follow which, by which verb, and why.

Pure: it reads and writes nothing. `transitions` asks it before a row is written, its
statements take their sources from it, and docs/lifecycle.md is printed from it.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from jobwire.models.vocabulary import CancelOutcome, EventKind, JobStatus

SCHEDULED = JobStatus.SCHEDULED
QUEUED = JobStatus.QUEUED
RUNNING = JobStatus.RUNNING
WAITING = JobStatus.WAITING
RETRYING = JobStatus.RETRYING
SUCCEEDED = JobStatus.SUCCEEDED
FAILED = JobStatus.FAILED
CANCELED = JobStatus.CANCELED
EXPIRED = JobStatus.EXPIRED

#: Sealed: a row in one of these never changes its status again.
TERMINAL = (SUCCEEDED, FAILED, CANCELED, EXPIRED)

#: How long the code of a canceled job may take to stop unless the caller says: then a
#: graceful cancel is overdue, and a forced one settles the job.
CANCEL_GRACE = timedelta(seconds=60)


class Verb(StrEnum):
    """What moves a job."""

    PROMOTE = "promote"
    CLAIM = "claim"
    SUCCEED = "succeed"
    FAIL = "fail"
    RETRY = "retry"
    STOP = "stop"
    HAND_BACK = "hand back"
    RESCUE = "rescue"
    CANCEL = "cancel"
    FORCE = "force"
    EXPIRE = "expire"
    OBSERVE = "observe"
    REJECT = "reject"
    LOSE = "lose"
    REDISPATCH = "redispatch"
    LEAVE = "leave"
    RESCHEDULE = "reschedule"


@dataclass(frozen=True, slots=True)
class Edge:
    """One allowed move."""

    verb: Verb
    source: JobStatus
    target: JobStatus
    kind: EventKind
    why: str


EDGES = (
    Edge(Verb.PROMOTE, SCHEDULED, QUEUED, EventKind.QUEUED, "it is due"),
    Edge(Verb.PROMOTE, RETRYING, QUEUED, EventKind.QUEUED, "the next attempt is due"),
    Edge(Verb.CLAIM, QUEUED, RUNNING, EventKind.STARTED, "a worker leased it"),
    Edge(Verb.SUCCEED, RUNNING, SUCCEEDED, EventKind.SUCCEEDED, "its code returned"),
    Edge(Verb.FAIL, RUNNING, FAILED, EventKind.FAILED, "no attempt is left"),
    Edge(
        Verb.RETRY,
        RUNNING,
        RETRYING,
        EventKind.ATTEMPT_FAILED,
        "its code raised, and attempts are left",
    ),
    Edge(
        Verb.STOP, RUNNING, CANCELED, EventKind.CANCELED, "its code stopped on request"
    ),
    Edge(
        Verb.HAND_BACK, RUNNING, QUEUED, EventKind.QUEUED, "its worker is shutting down"
    ),
    Edge(
        Verb.RESCUE,
        RUNNING,
        QUEUED,
        EventKind.ATTEMPT_FAILED,
        "its worker was lost, and attempts are left",
    ),
    Edge(
        Verb.RESCUE,
        RUNNING,
        FAILED,
        EventKind.FAILED,
        "its worker was lost on the last attempt",
    ),
    Edge(
        Verb.RESCUE,
        RUNNING,
        CANCELED,
        EventKind.CANCELED,
        "its worker was lost while a cancel was pending",
    ),
    Edge(
        Verb.CANCEL, SCHEDULED, CANCELED, EventKind.CANCELED, "asked for before a start"
    ),
    Edge(Verb.CANCEL, QUEUED, CANCELED, EventKind.CANCELED, "asked for before a start"),
    Edge(
        Verb.CANCEL,
        RETRYING,
        CANCELED,
        EventKind.CANCELED,
        "asked for between two attempts",
    ),
    *(
        Edge(
            Verb.FORCE,
            source,
            CANCELED,
            EventKind.CANCELED,
            "the grace of a forced cancel passed",
        )
        for source in (QUEUED, RUNNING, WAITING)
    ),
    *(
        Edge(
            Verb.RESCHEDULE,
            source,
            target,
            EventKind.RESCHEDULED,
            f"it was given a time {told}",
        )
        for source in (SCHEDULED, QUEUED)
        for target, told in ((SCHEDULED, "ahead"), (QUEUED, "that has come"))
    ),
    Edge(Verb.EXPIRE, SCHEDULED, EXPIRED, EventKind.EXPIRED, "its time-to-live passed"),
    Edge(Verb.EXPIRE, QUEUED, EXPIRED, EventKind.EXPIRED, "its time-to-live passed"),
    Edge(
        Verb.REJECT, QUEUED, FAILED, EventKind.FAILED, "Trigger.dev refused to run it"
    ),
    Edge(Verb.OBSERVE, QUEUED, RUNNING, EventKind.STARTED, "its run started"),
    Edge(Verb.OBSERVE, QUEUED, WAITING, EventKind.WAITING, "its run is parked"),
    Edge(Verb.OBSERVE, RUNNING, WAITING, EventKind.WAITING, "its run is parked"),
    Edge(Verb.OBSERVE, WAITING, RUNNING, EventKind.RESUMED, "its run goes on"),
    *(
        Edge(Verb.OBSERVE, source, target, EventKind(target.value), why)
        for source in (QUEUED, RUNNING, WAITING)
        for target, why in (
            (SUCCEEDED, "its run completed"),
            (FAILED, "its run failed"),
            (CANCELED, "its run was canceled"),
            (EXPIRED, "its run expired"),
        )
    ),
    *(
        Edge(Verb.LOSE, source, FAILED, EventKind.FAILED, "its run is gone")
        for source in (QUEUED, RUNNING, WAITING)
    ),
    *(
        Edge(
            Verb.REDISPATCH,
            source,
            QUEUED,
            EventKind.QUEUED,
            "its run is gone, and its type asks for another",
        )
        for source in (QUEUED, RUNNING, WAITING)
    ),
    *(
        Edge(
            Verb.LEAVE,
            source,
            FAILED,
            EventKind.FAILED,
            "this database is a copy, and the original goes on with the job",
        )
        for source in (SCHEDULED, QUEUED, RUNNING, WAITING)
    ),
)

#: Verbs that only jobs on Trigger.dev know.
OF_RUNS = frozenset({Verb.OBSERVE, Verb.REJECT, Verb.LOSE, Verb.REDISPATCH, Verb.LEAVE})


def sources(verb: Verb) -> tuple[JobStatus, ...]:
    """Return the statuses that a verb moves a job from."""
    return tuple(dict.fromkeys(edge.source for edge in EDGES if edge.verb is verb))


def allows(verb: Verb, source: JobStatus, target: JobStatus) -> bool:
    """Whether a verb may move a job from one status to another."""
    return any(
        (edge.verb, edge.source, edge.target) == (verb, source, target)
        for edge in EDGES
    )


def event_kind(verb: Verb, source: JobStatus, target: JobStatus) -> EventKind:
    """Return the kind of the event that a move appends.

    Raises:
        LookupError: The move is not allowed.
    """
    for edge in EDGES:
        if (edge.verb, edge.source, edge.target) == (verb, source, target):
            return edge.kind
    raise LookupError(verb, source, target)


def is_terminal(status: JobStatus) -> bool:
    """Whether the job has ended."""
    return status in TERMINAL


def is_cancelable(status: JobStatus, *, cancel_pending: bool) -> bool:
    """Whether a cancel would do something that was not already asked for."""
    return not is_terminal(status) and not cancel_pending


def is_retryable(status: JobStatus) -> bool:
    """Whether the job can be run again as a new job: any that has ended."""
    return is_terminal(status)


@dataclass(frozen=True, slots=True)
class CancelDecision:
    """What a cancel does to a job.

    Attributes:
        status: The status to write; None: the cancel stays a wish beside the status.
        outcome: What is known of the cancel at once.
    """

    status: JobStatus | None
    outcome: CancelOutcome


def decide_cancel(
    status: JobStatus, *, has_started: bool, is_dispatched: bool = False
) -> CancelDecision | None:
    """Decide what a cancel does to a job; None: it has ended already.

    Args:
        status: Where the job stands.
        has_started: Whether an attempt of it ever ran.
        is_dispatched: Whether Trigger.dev may know of it: then only its run can end
            it, and the cancel stays a wish until somebody has told the run.
    """
    if is_terminal(status):
        return None
    if status in sources(Verb.CANCEL) and not is_dispatched:
        outcome = CancelOutcome.STOPPED if has_started else CancelOutcome.NEVER_STARTED
        return CancelDecision(CANCELED, outcome)
    return CancelDecision(None, CancelOutcome.PENDING)


def diagram() -> str:
    """Draw the machine in Mermaid, one arrow per edge."""
    lines = [
        "stateDiagram-v2",
        "    [*] --> SCHEDULED: due later",
        "    [*] --> QUEUED",
    ]
    lines += [
        f"    {edge.source} --> {edge.target}: {edge.verb} — {edge.why}"
        for edge in EDGES
    ]
    lines += [f"    {status} --> [*]" for status in TERMINAL]
    return "\n".join(lines)
