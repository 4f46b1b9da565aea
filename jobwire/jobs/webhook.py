"""Webhook: take in what is posted about runs, each event once.

An event of a run under way is folded in with its delivery. The end of a run waits in
the inbox until Trigger.dev itself was asked: hooks run before it has recorded the end,
and the process may still die. So does what tells of a run that no job has yet.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Self
from uuid import UUID

from jobwire.jobs.arrivals import Arrival, store
from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.errors import WebhookSignatureError
from jobwire.jobs.hook_event import HookEvent
from jobwire.jobs.inbox import Subject
from jobwire.jobs.job import Job
from jobwire.jobs.lifecycle import is_terminal
from jobwire.jobs.observation import Observation
from jobwire.jobs.observe import observe_each
from jobwire.jobs.posted import Posted, read_event
from jobwire.jobs.scheduled_tasks import may_be_scheduled
from jobwire.jobs.transitions import row
from jobwire.triggerdev import InvalidSignatureError
from jobwire.triggerdev.signature import Claim, read_claim

#: The longest body that is read: an output of 1 MiB and what comes around it.
MAX_BODY_BYTES = 2 * 1024 * 1024


class Receipt(StrEnum):
    """What became of a delivery; each of them is good news for the sender."""

    #: It is folded in: it changed the job, or its log.
    APPLIED = "applied"
    #: It is folded in and changed nothing: newer things were known.
    LATE = "late"
    #: It is stored, and Trigger.dev is asked about its run.
    ACCEPTED = "accepted"
    #: It came before.
    DUPLICATE = "duplicate"
    #: It is of no type that we know, or tells of no run of ours.
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a delivery.

    Attributes:
        receipt: In a word.
        reason: Why, as a sentence; None: nothing to explain.
    """

    receipt: Receipt
    reason: str | None = None


_NOBODYS = "No job here has this run, or waits for one."
#: What became of an event that has changed its job.
APPLIED = Received(Receipt.APPLIED)
_LATE = Received(Receipt.LATE, "Newer things are known of the run.")
_ACCEPTED = Received(Receipt.ACCEPTED)
_DUPLICATE = Received(Receipt.DUPLICATE)


def admit(headers: Mapping[str, str], *, now: datetime) -> Claim:
    """Read what an event says of its signature, before its body is read.

    Raises:
        WebhookSignatureError: The signature is missing, malformed or too old.
    """
    try:
        return read_claim(headers, now=now)
    except InvalidSignatureError as error:
        raise WebhookSignatureError(error.message) from None


def read_posted(
    body: bytes, claim: Claim, *, secrets: Sequence[str]
) -> Posted | Received:
    """Verify and read one posted event; it costs no statement.

    Args:
        body: The raw body, as it was signed.
        claim: What `admit` has returned.
        secrets: Any of these may have signed it; none: nothing is taken in.

    Returns:
        What is to be taken in; or what became of it, if it changes nothing.

    Raises:
        WebhookSignatureError: It is not signed with one of the secrets.
        InvalidInputError: The body is no event.
    """
    try:
        claim.check(body, secrets)
    except InvalidSignatureError as error:
        raise WebhookSignatureError(error.message) from None
    posted = read_event(body)
    if isinstance(posted, Posted):
        return posted
    return Received(Receipt.IGNORED, posted)


async def take_in(
    connection: SqlConnection, posted: Sequence[Posted], *, now: datetime
) -> list[Received]:
    """Take in events, with the same few statements however many they are.

    Must run inside a transaction: the deliveries and what they change are one. It locks
    all the jobs, then all the deliveries, both in one order for everybody: no two that
    take in the same events, or work on them in the inbox, wait for each other.

    Args:
        connection: A connection inside a transaction that holds no job yet.
        posted: The events, in the order in which they came.
        now: When.

    Returns:
        What became of each, as if they had come one after the other.
    """
    if not posted:
        return []
    cases = await _read_cases(connection, posted)
    arrivals = [case.arrival() for case in cases]
    is_new = await store(connection, arrivals, now=now)
    received = [
        _left(arrival) if new else _DUPLICATE
        for arrival, new in zip(arrivals, is_new, strict=True)
    ]
    jobs = {case.job.id: case.job for case in cases if case.job is not None}
    for turn in _turns(cases, is_new):
        observed = await observe_each(
            connection, [(jobs[id], said) for id, (_, said) in turn.items()], now=now
        )
        for (place, said), one in zip(turn.values(), observed, strict=True):
            jobs[one.job.id] = one.job
            if not arrivals[place].waits:
                received[place] = APPLIED if one.applied or said.lines else _LATE
    return received


async def receive(
    connection: SqlConnection,
    body: bytes,
    headers: Mapping[str, str],
    *,
    secrets: Sequence[str],
    now: datetime,
) -> Received:
    """Take in one posted event: `admit`, `read_posted`, and then `take_in`.

    Raises:
        WebhookSignatureError: The signature is missing, wrong or too old.
        InvalidInputError: The body is no event.
    """
    posted = read_posted(body, admit(headers, now=now), secrets=secrets)
    if isinstance(posted, Received):
        return posted
    [received] = await take_in(connection, [posted], now=now)
    return received


class _Case(NamedTuple):
    """A posted event and the job that it is about, or may be.

    Attributes:
        posted: The event.
        job: The job, which has the event's run, or is named by its tags; None: neither.
        job_id: The job that it tells of, even if that is deleted, or never was.
        is_scheduled: Whether a schedule of ours may have made the run.
        told: What is folded in with the delivery; None: that is for whoever asks.
    """

    posted: Posted
    job: Job | None
    job_id: UUID | None
    is_scheduled: bool
    told: HookEvent | None

    @classmethod
    def of(
        cls, posted: Posted, job: Job | None, job_id: UUID | None, *, is_scheduled: bool
    ) -> Self:
        """Hold an event against the job that it is about, or may be."""
        has_run = job is not None and job.trigger_run_id == posted.run_id
        event = posted.event
        told = event if has_run and isinstance(event, HookEvent) else None
        return cls(posted, job, job_id, is_scheduled, told)

    def arrival(self) -> Arrival:
        """Return how it is stored."""
        waits = self._waits()
        is_nobodys = not waits and self.told is None
        return Arrival(
            self.posted.source,
            self.posted.event.id,
            self.posted.text,
            self.job_id,
            waits,
            _NOBODYS if is_nobodys else None,
        )

    def _waits(self) -> bool:
        if self.job is None:
            return self.is_scheduled
        if self.told is not None:
            return self.told.is_terminal and not is_terminal(self.job.job_status)
        return Subject.of(self.job, self.posted.run_id).may_have_run


async def _read_cases(
    connection: SqlConnection, posted: Sequence[Posted]
) -> list[_Case]:
    """Lock the jobs that events are about, and see which event is about which."""
    locked = await row.lock_about(
        connection,
        [one.run_id for one in posted],
        [one.job_id for one in posted if one.job_id is not None],
    )
    by_run = {job.trigger_run_id: job for job in locked}
    by_id = {job.id: job for job in locked}
    scheduled: dict[str, bool] = {}
    cases = []
    for one in posted:
        owner = by_run.get(one.run_id)
        named = None if one.job_id is None else by_id.get(one.job_id)
        present = [
            job for job in (owner, named) if job is not None and job.deleted_at is None
        ]
        if not present and one.task not in scheduled:
            scheduled[one.task] = await may_be_scheduled(connection, one.task)
        cases.append(
            _Case.of(
                one,
                present[0] if present else None,
                one.job_id if owner is None else owner.id,
                is_scheduled=not present and scheduled[one.task],
            )
        )
    return cases


def _turns(
    cases: Sequence[_Case], is_new: Sequence[bool]
) -> Iterator[dict[UUID, tuple[int, Observation]]]:
    """Part what is to be folded in: of each job one at a time, in their order.

    Yields:
        For each job the place of the event, and what it says.
    """
    waiting: dict[UUID, deque[tuple[int, Observation]]] = {}
    for place, (case, new) in enumerate(zip(cases, is_new, strict=True)):
        if new and case.job is not None and case.told is not None:
            queue = waiting.setdefault(case.job.id, deque())
            queue.append((place, case.told.observation()))
    while waiting:
        yield {id: queue.popleft() for id, queue in waiting.items()}
        waiting = {id: queue for id, queue in waiting.items() if queue}


def _left(arrival: Arrival) -> Received:
    """Return what became of an event that is not folded in."""
    if arrival.waits:
        return _ACCEPTED
    return Received(Receipt.IGNORED, arrival.error)
