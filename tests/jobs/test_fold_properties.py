"""The fold: whatever is shuffled, doubled or lost, a job ends as its run has."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from jobwire.jobs.failure import Failure
from jobwire.jobs.fold import Heard, fold
from jobwire.jobs.job import Job
from jobwire.jobs.lifecycle import TERMINAL
from jobwire.jobs.observation import Observation, Rank
from jobwire.models.vocabulary import FailureKind, JobStatus, SignalSource
from tests.factories import RUN_CREATED_AT, RUN_ID, build_run_job

#: The instant of every fold: no deadline passes.
NOW = RUN_CREATED_AT + timedelta(hours=1)

IN_QUEUES = ["DELAYED", "PENDING_VERSION", "QUEUED", "DEQUEUED"]
ENDS_UNSTARTED = ["EXPIRED", "CANCELED", "SYSTEM_FAILURE"]
ENDS_STARTED = [
    "COMPLETED",
    "FAILED",
    "CRASHED",
    "SYSTEM_FAILURE",
    "TIMED_OUT",
    "CANCELED",
]
STATUSES = {
    **dict.fromkeys(IN_QUEUES, JobStatus.QUEUED),
    "EXECUTING": JobStatus.RUNNING,
    "WAITING": JobStatus.WAITING,
    "COMPLETED": JobStatus.SUCCEEDED,
    "EXPIRED": JobStatus.EXPIRED,
    "CANCELED": JobStatus.CANCELED,
    **dict.fromkeys(
        ("FAILED", "CRASHED", "SYSTEM_FAILURE", "TIMED_OUT"), JobStatus.FAILED
    ),
}
KINDS = {
    "FAILED": FailureKind.TASK_ERROR,
    "CRASHED": FailureKind.CRASHED,
    "SYSTEM_FAILURE": FailureKind.PLATFORM,
    "TIMED_OUT": FailureKind.TIMEOUT,
    "EXPIRED": FailureKind.EXPIRED,
}
#: What hooks tell of an end; of others they say nothing, for the process is gone.
END_HOOKS = {
    "COMPLETED": ("RUN_COMPLETED", JobStatus.SUCCEEDED),
    "FAILED": ("RUN_FAILED", JobStatus.FAILED),
    "CANCELED": ("RUN_CANCELED", JobStatus.CANCELED),
}


#: They do not say which attempt they tell of.
WITHOUT_ATTEMPT = {SignalSource.ALERT, SignalSource.REALTIME}


@dataclass
class Life:
    """A run that really happened, and every true word that can be said of it."""

    skew: timedelta
    asked: bool
    instant: datetime = RUN_CREATED_AT
    word: str = "QUEUED"
    attempts: int = 0
    started: datetime | None = None
    finished: datetime | None = None
    #: Every one of them may be lost.
    hints: list[Observation] = field(default_factory=list)
    #: At least one of them comes.
    ends: list[Observation] = field(default_factory=list)

    def look(self, *, source: SignalSource = SignalSource.RECONCILER) -> Observation:
        """What Trigger.dev tells at this moment."""
        kind = KINDS.get(self.word)
        return Observation(
            run_id=RUN_ID,
            source=source,
            rank=Rank.VERDICT,
            word=self.word,
            status=STATUSES[self.word],
            attempt=None if source in WITHOUT_ATTEMPT else self.attempts,
            occurred_at=self.instant,
            started_at=self.started,
            finished_at=self.finished,
            output='{"answer": 42}' if self.word == "COMPLETED" else None,
            failure=None if kind is None else Failure(kind, "no"),
        )

    def tell(self, word: str, status: JobStatus, **more: Any) -> None:
        """Let a hook say something, by the clock of its own machine."""
        said = self.instant + self.skew
        self.hints.append(
            Observation(
                run_id=RUN_ID,
                source=SignalSource.WEBHOOK,
                rank=Rank.TESTIMONY,
                word=word,
                status=status,
                attempt=self.attempts,
                occurred_at=said,
                finished_at=said if status in TERMINAL else None,
                failure=(
                    Failure(FailureKind.TASK_ERROR, "as its hook saw it")
                    if status is JobStatus.FAILED
                    else None
                ),
                **more,
            )
        )

    def go_on(self, word: str) -> None:
        self.instant += timedelta(seconds=1)
        self.word = word
        self.hints += [self.look(), self.look(source=SignalSource.REALTIME)]

    def job(self) -> Job:
        """The row before anything was said of the run."""
        asked = {
            "cancel_outcome": "PENDING",
            "cancel_requested_at": RUN_CREATED_AT,
            "cancel_mode": "GRACEFUL",
        }
        return build_run_job(**asked if self.asked else {})

    @property
    def end(self) -> dict[str, Any]:
        """How the job has to end, `finished` aside."""
        status = STATUSES[self.word]
        outcome = "FINISHED_FIRST" if self.asked else None
        if status is JobStatus.CANCELED:
            outcome = "STOPPED" if self.attempts else "NEVER_STARTED"
        kind = KINDS.get(self.word)
        success = {JobStatus.SUCCEEDED: True, JobStatus.CANCELED: None}
        result = None
        if status is JobStatus.SUCCEEDED:
            result = {"answer": 42}
        elif kind is not None:
            error = {"kind": kind, "message": "no", "name": None, "code": None}
            result = {"error": {**error, "stack": None}}
        return {
            "status": status,
            "success": success.get(status, False),
            "failure_kind": kind,
            "result": result,
            "attempts": self.attempts,
            "started": self.started,
            "trigger_status": self.word,
            "next_attempt_at": None,
            "cancel_outcome": outcome,
        }


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """Draw the whole life of a run."""
    life = Life(
        skew=timedelta(seconds=draw(st.integers(-600, 600))), asked=draw(st.booleans())
    )
    for word in draw(st.lists(st.sampled_from(IN_QUEUES), max_size=3)):
        life.go_on(word)
    for _ in range(draw(st.integers(0, 3))):
        life.instant += timedelta(seconds=1)
        life.started = life.started or life.instant
        life.attempts += 1
        life.go_on("EXECUTING")
        life.tell("RUN_STARTED", JobStatus.RUNNING)
        for part in draw(st.lists(st.sampled_from(["park", "progress"]), max_size=3)):
            if part == "park":
                for word in ("WAITING", "QUEUED", "EXECUTING"):
                    life.go_on(word)
            else:
                life.instant += timedelta(seconds=1)
                at = (life.instant + life.skew).isoformat(timespec="milliseconds")
                text = json.dumps({"fraction": 0.5, "updatedAt": at})
                life.tell("RUN_PROGRESS", JobStatus.RUNNING, progress=text)
    _end(life, draw(st.sampled_from(ENDS_STARTED if life.attempts else ENDS_UNSTARTED)))
    return life


def _end(life: Life, word: str) -> None:
    if word == "CANCELED" and life.attempts:
        # Its code goes on for a while.
        life.go_on(word)
    life.instant += timedelta(seconds=1)
    life.word = word
    hook = END_HOOKS.get(word)
    if hook is not None and life.attempts:
        life.tell(*hook)
    life.instant += timedelta(seconds=1)
    # Of a run that was canceled before its start nobody says when it ended.
    if life.attempts or word != "CANCELED":
        life.finished = life.instant
    life.ends += [life.look(), life.look(source=SignalSource.REALTIME)]
    if STATUSES[word] is JobStatus.FAILED:
        life.ends.append(life.look(source=SignalSource.ALERT))


@dataclass
class Listener:
    """A job and what was heard of it: `observe`, without its database."""

    job: Job
    heard: Heard = field(default_factory=Heard)

    def hear(self, said: Observation, *, seals: bool = False) -> bool:
        """Fold in what was said; whether it changed the job."""
        change = fold(self.job, said, now=NOW, heard=self.heard, seals=seals)
        if said.word == "RUN_CANCELED":
            self.heard = replace(self.heard, stopped=True)
        if said.word == "CANCELED":
            self.heard = replace(self.heard, canceled_since=NOW)
        if change is None:
            return False
        self.job = replace(self.job, **change.values, version=self.job.version + 1)
        return True


def _history(life: Life, random: Random) -> list[Observation]:
    """Shuffle what was said, double some of it, and lose some of it."""
    came = [said for said in life.hints if random.random() < 0.7]
    came += random.sample(life.ends, random.randint(1, len(life.ends)))
    came += random.choices(came, k=random.randint(0, len(came)))
    random.shuffle(came)
    return came


def _as_it_ended(job: Job) -> dict[str, Any]:
    names = (
        "status success failure_kind result attempts started trigger_status"
        " next_attempt_at cancel_outcome"
    )
    ended = {name: getattr(job, name) for name in names.split()}
    return ended | {"result": None if job.result is None else json.loads(job.result)}


@settings(max_examples=500, deadline=None)
@given(life=lives(), random=st.randoms(use_true_random=False))
def test_every_history_with_a_verdict_on_the_end_ends_as_the_run_has(
    life: Life, random: Random
) -> None:
    history = _history(life, random)
    listener = Listener(life.job())

    for said in history:
        listener.hear(said)

    event(life.word)
    expected = life.end
    if any(
        said.source in WITHOUT_ATTEMPT and said.status in TERMINAL for said in history
    ):
        # It may have ended the job, and tells of no attempt but that there was one.
        expected["attempts"] = listener.job.attempts
        assert bool(life.attempts) <= listener.job.attempts <= life.attempts
    assert _as_it_ended(listener.job) == expected
    if life.word != "CANCELED":
        assert listener.job.finished == life.finished
    else:
        # Its code may have been heard to stop before Trigger.dev has said when.
        said = [one.occurred_at for one in history if one.word == "CANCELED"]
        assert listener.job.finished in {life.finished, *said}
        assert listener.job.cancel_requested_at is not None


@settings(max_examples=300, deadline=None)
@given(life=lives(), random=st.randoms(use_true_random=False), seals=st.booleans())
def test_what_is_said_twice_in_a_row_changes_nothing_the_second_time(
    life: Life, random: Random, *, seals: bool
) -> None:
    listener = Listener(life.job())

    for said in _history(life, random):
        listener.hear(said, seals=seals)

        assert not listener.hear(said, seals=seals)


@settings(max_examples=300, deadline=None)
@given(life=lives(), random=st.randoms(use_true_random=False), seals=st.booleans())
def test_a_job_only_goes_forward(life: Life, random: Random, *, seals: bool) -> None:
    history = [*life.hints, *life.ends]
    random.shuffle(history)
    listener = Listener(life.job())

    for said in history:
        before = listener.job
        listener.hear(said, seals=seals)
        after = listener.job

        assert after.attempts >= before.attempts
        assert before.started is None or after.started is not None
        if before.job_status in TERMINAL:
            assert after == before
        if before.status != JobStatus.QUEUED:
            assert after.status != JobStatus.QUEUED
        assert (after.finished is not None) == (after.job_status in TERMINAL)


@settings(max_examples=200, deadline=None)
@given(life=lives(), random=st.randoms(use_true_random=False))
def test_hooks_alone_never_end_a_job(life: Life, random: Random) -> None:
    hooks = [said for said in life.hints if said.rank is Rank.TESTIMONY]
    random.shuffle(hooks)
    listener = Listener(life.job())

    for said in hooks:
        listener.hear(said)

    assert listener.job.status in {JobStatus.QUEUED, JobStatus.RUNNING}
