"""The fold: what one thing that was said of a run makes of its job."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from jobwire.jobs import lifecycle
from jobwire.jobs.fold import STOP_DEADLINE, Change, Heard, fold
from jobwire.jobs.job import Job
from jobwire.jobs.lifecycle import CANCEL_GRACE, Verb
from jobwire.jobs.observation import Observation
from jobwire.models.vocabulary import EventKind, JobStatus
from tests.factories import build_run_job
from tests.jobs.said import (
    FINISHED,
    HOOKS,
    NOW,
    STARTED,
    WORDS,
    hook,
    progress,
    verdict,
)


def job_in(status: JobStatus, **given: Any) -> Job:
    """Build a job whose run stands there, at its first attempt."""
    columns: dict[str, Any] = {"status": status.value}
    if status is not JobStatus.QUEUED:
        columns |= {"next_attempt_at": None, "attempts": 1, "started": STARTED}
    if status in lifecycle.TERMINAL:
        columns |= {"finished": FINISHED}
    if status in WORDS:
        columns |= {"trigger_status": WORDS[status]}
    return build_run_job(**columns | given)


def told(job: Job, said: Observation, **options: Any) -> Change:
    """Fold what must change something."""
    change = fold(job, said, **{"now": NOW, **options})
    assert change is not None
    return change


ENDS = [JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELED, JobStatus.EXPIRED]
OPEN = [JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.WAITING]
MOVES = [
    (edge.source, edge.target) for edge in lifecycle.EDGES if edge.verb is Verb.OBSERVE
]


@pytest.mark.parametrize(("source", "target"), MOVES)
def test_a_verdict_moves_a_job_along_every_edge(
    source: JobStatus, target: JobStatus
) -> None:
    change = told(job_in(source), verdict(target))

    assert change.values["status"] == target
    assert change.kind is lifecycle.event_kind(Verb.OBSERVE, source, target)
    assert change.values["trigger_status"] == WORDS[target]
    assert change.values["next_attempt_at"] is None


@pytest.mark.parametrize("status", lifecycle.TERMINAL)
@pytest.mark.parametrize("said", [*WORDS], ids=str)
def test_nothing_changes_a_job_that_has_ended(
    status: JobStatus, said: JobStatus
) -> None:
    assert fold(job_in(status), verdict(said), now=NOW, seals=True) is None


def test_what_is_said_of_another_run_changes_nothing() -> None:
    other = verdict(JobStatus.SUCCEEDED, run_id="run_2")

    assert fold(job_in(JobStatus.RUNNING), other, now=NOW) is None


def test_a_start_sets_when_it_began_and_which_attempt_it_is() -> None:
    change = told(job_in(JobStatus.QUEUED), hook(JobStatus.RUNNING))

    assert change == Change(
        EventKind.STARTED,
        {
            "status": "RUNNING",
            "attempts": 1,
            "started": STARTED,
            "next_attempt_at": None,
        },
    )


def test_a_start_without_its_time_began_when_it_was_told() -> None:
    change = told(job_in(JobStatus.QUEUED), hook(JobStatus.RUNNING, started_at=None))

    assert change.values["started"] == NOW


def test_a_late_hook_does_not_wake_a_run_that_is_parked() -> None:
    assert fold(job_in(JobStatus.WAITING), hook(JobStatus.RUNNING), now=NOW) is None


def test_a_hook_of_the_next_attempt_wakes_a_run_that_was_parked() -> None:
    change = told(job_in(JobStatus.WAITING), hook(JobStatus.RUNNING, attempt=2))

    assert (change.kind, change.values["status"]) == (EventKind.RESUMED, "RUNNING")
    assert change.values["attempts"] == 2


def test_the_first_start_stays_when_another_attempt_begins() -> None:
    later = hook(JobStatus.RUNNING, attempt=2, started_at=NOW)

    change = told(job_in(JobStatus.RUNNING), later)

    assert change == Change(EventKind.STARTED, {"attempts": 2, "next_attempt_at": None})


@pytest.mark.parametrize("status", [JobStatus.RUNNING, JobStatus.WAITING])
def test_a_run_that_stands_in_a_queue_again_does_not_go_back_to_queued(
    status: JobStatus,
) -> None:
    again = verdict(JobStatus.QUEUED, attempt=1, started_at=STARTED)

    assert fold(job_in(status), again, now=NOW) is None


@pytest.mark.parametrize("said", [JobStatus.RUNNING, JobStatus.WAITING])
def test_what_is_said_of_an_earlier_attempt_changes_nothing(said: JobStatus) -> None:
    job = job_in(JobStatus.RUNNING, attempts=2, trigger_status="EXECUTING")

    assert fold(job, verdict(said), now=NOW) is None


def test_a_word_that_tells_more_than_its_status_is_news_once() -> None:
    waits = verdict(JobStatus.QUEUED, word="PENDING_VERSION", is_news=True)

    change = told(job_in(JobStatus.QUEUED), waits)

    assert change == Change(EventKind.QUEUED, {"trigger_status": "PENDING_VERSION"})
    knowing = job_in(JobStatus.QUEUED, trigger_status="PENDING_VERSION")
    assert fold(knowing, waits, now=NOW) is None


def test_a_word_that_says_no_more_than_its_status_is_no_news() -> None:
    said = verdict(JobStatus.QUEUED, word="DEQUEUED")

    assert fold(job_in(JobStatus.QUEUED), said, now=NOW) is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (JobStatus.QUEUED, EventKind.QUEUED),
        (JobStatus.RUNNING, EventKind.STARTED),
        (JobStatus.WAITING, EventKind.WAITING),
    ],
)
def test_an_unknown_word_is_kept_and_moves_nothing(
    status: JobStatus, kind: EventKind
) -> None:
    said = verdict(status, word="HIBERNATING", is_news=True)
    unknown = replace(said, status=None)

    assert told(job_in(status), unknown) == Change(
        kind, {"trigger_status": "HIBERNATING"}
    )
    knowing = job_in(status, trigger_status="HIBERNATING")
    assert fold(knowing, unknown, now=NOW) is None


@pytest.mark.parametrize("status", HOOKS, ids=str)
def test_the_words_of_hooks_are_not_kept_as_those_of_trigger_dev(
    status: JobStatus,
) -> None:
    change = told(job_in(JobStatus.QUEUED), hook(status), seals=True)

    assert "trigger_status" not in change.values


@pytest.mark.parametrize(
    "status", [JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELED], ids=str
)
@pytest.mark.parametrize("source", OPEN, ids=str)
def test_testimony_seals_only_when_it_is_told_to(
    source: JobStatus, status: JobStatus
) -> None:
    job = job_in(source)

    assert fold(job, hook(status), now=NOW) is None
    assert told(job, hook(status), seals=True).values["status"] == status


def test_success_keeps_the_output() -> None:
    done = verdict(JobStatus.SUCCEEDED, output='{"rows": 3}')

    change = told(job_in(JobStatus.RUNNING), done)

    assert change == Change(
        EventKind.SUCCEEDED,
        {
            "status": "SUCCEEDED",
            "finished": FINISHED,
            "next_attempt_at": None,
            "trigger_status": "COMPLETED",
            "success": True,
            "result": '{"rows": 3}',
        },
    )


@pytest.mark.parametrize("status", [JobStatus.FAILED, JobStatus.EXPIRED], ids=str)
def test_failure_keeps_why(status: JobStatus) -> None:
    said = verdict(status)

    change = told(job_in(JobStatus.QUEUED), said)

    assert said.failure is not None
    assert change.values.items() >= said.failure.columns().items()


def test_the_end_corrects_when_it_started_and_how_often_it_was_tried() -> None:
    job = job_in(JobStatus.RUNNING, started=NOW)

    change = told(job, verdict(JobStatus.SUCCEEDED, attempt=3))

    assert (change.values["started"], change.values["attempts"]) == (STARTED, 3)


def test_an_end_never_lowers_the_attempts() -> None:
    job = job_in(JobStatus.RUNNING, attempts=3)

    assert "attempts" not in told(job, verdict(JobStatus.FAILED, attempt=0)).values


def test_who_does_not_tell_the_attempt_opens_the_first_one_alone() -> None:
    said = verdict(JobStatus.RUNNING, attempt=None)

    assert told(job_in(JobStatus.QUEUED), said).values["attempts"] == 1
    assert fold(job_in(JobStatus.RUNNING, attempts=2), said, now=NOW) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [(JobStatus.RUNNING, JobStatus.WAITING), (JobStatus.WAITING, JobStatus.RUNNING)],
    ids=str,
)
def test_who_does_not_tell_the_attempt_speaks_of_the_one_that_the_job_is_in(
    before: JobStatus, after: JobStatus
) -> None:
    job = job_in(before, attempts=2, started=STARTED)

    change = told(job, verdict(after, attempt=None))

    assert change.values["status"] == after
    assert "attempts" not in change.values


def test_an_end_without_its_attempt_shows_that_there_was_one() -> None:
    said = verdict(JobStatus.FAILED, attempt=None)
    unstarted = verdict(JobStatus.FAILED, attempt=None, started_at=None)

    assert told(job_in(JobStatus.QUEUED), said).values["attempts"] == 1
    assert "attempts" not in told(job_in(JobStatus.RUNNING, attempts=3), said).values
    assert "attempts" not in told(job_in(JobStatus.QUEUED), unstarted).values


def test_an_end_without_its_time_came_when_it_was_told() -> None:
    said = verdict(JobStatus.SUCCEEDED, finished_at=None)

    assert told(job_in(JobStatus.RUNNING), said).values["finished"] == NOW


ASKED = {
    "cancel_outcome": "PENDING",
    "cancel_requested_at": STARTED,
    "cancel_requested_by": "user-1",
    "cancel_mode": "GRACEFUL",
}


@pytest.mark.parametrize(
    "status", [JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.EXPIRED], ids=str
)
def test_a_run_that_ends_by_itself_was_faster_than_its_cancel(
    status: JobStatus,
) -> None:
    change = told(job_in(JobStatus.QUEUED, **ASKED), verdict(status))

    assert change.values["status"] == status
    assert change.values["cancel_outcome"] == "FINISHED_FIRST"
    assert change.values["cancel_confirmed_at"] == NOW


def _canceled(**given: Any) -> Observation:
    """CANCELED, while the code may still be running."""
    return verdict(JobStatus.CANCELED, **{"finished_at": None, **given})


def test_a_run_that_was_canceled_before_its_start_has_never_started() -> None:
    said = _canceled(started_at=None, attempt=0)

    change = told(job_in(JobStatus.QUEUED, **ASKED), said)

    assert (change.kind, change.values["status"]) == (EventKind.CANCELED, "CANCELED")
    assert change.values["cancel_outcome"] == "NEVER_STARTED"
    assert change.values["finished"] == said.occurred_at
    assert "success" not in change.values
    assert "cancel_requested_at" not in change.values


def test_a_canceled_run_whose_code_has_ended_has_stopped() -> None:
    change = told(job_in(JobStatus.RUNNING, **ASKED), verdict(JobStatus.CANCELED))

    assert change.values["status"] == "CANCELED"
    assert change.values["cancel_outcome"] == "STOPPED"
    assert change.values["finished"] == FINISHED
    assert change.values["cancel_confirmed_at"] == NOW


def test_a_canceled_run_whose_code_may_go_on_keeps_its_status() -> None:
    job = job_in(JobStatus.RUNNING, **ASKED)

    change = told(job, _canceled())

    assert change == Change(
        EventKind.CANCEL_ACKNOWLEDGED,
        {"cancel_acknowledged_at": NOW, "cancel_grace_until": NOW + CANCEL_GRACE},
    )


def test_a_cancel_in_trigger_dev_itself_is_a_wish_of_nobody_here() -> None:
    change = told(job_in(JobStatus.RUNNING), _canceled())

    assert change.values == {
        "cancel_outcome": "PENDING",
        "cancel_requested_at": NOW,
        "cancel_mode": "GRACEFUL",
        "cancel_grace_until": NOW + CANCEL_GRACE,
        "cancel_acknowledged_at": NOW,
    }


def test_a_canceled_run_has_stopped_once_its_hook_has_said_so() -> None:
    job = job_in(JobStatus.RUNNING, **ASKED)

    change = told(job, _canceled(), heard=Heard(stopped=True))

    assert change.values["cancel_outcome"] == "STOPPED"


@pytest.mark.parametrize(
    ("since", "is_over"),
    [(STOP_DEADLINE, True), (STOP_DEADLINE - timedelta(seconds=1), False)],
    ids=["at the deadline", "before it"],
)
def test_a_canceled_run_counts_as_stopped_from_the_deadline_on(
    since: timedelta, *, is_over: bool
) -> None:
    job = job_in(JobStatus.RUNNING, **ASKED)

    change = told(job, _canceled(), heard=Heard(canceled_since=NOW - since))

    assert (change.values.get("cancel_outcome") == "STOPPED") is is_over


@pytest.mark.parametrize(
    ("said", "heard", "outcome", "detail"),
    [
        (
            _canceled(attempt=0, started_at=None),
            Heard(),
            "NEVER_STARTED",
            {"settledBy": "RUN"},
        ),
        (_canceled(finished_at=FINISHED), Heard(), "STOPPED", {"settledBy": "RUN"}),
        (_canceled(), Heard(stopped=True), "STOPPED", {"settledBy": "HOOK"}),
        (hook(JobStatus.CANCELED), Heard(), "STOPPED", {"settledBy": "HOOK"}),
        (
            _canceled(),
            Heard(canceled_since=NOW - STOP_DEADLINE),
            "STOPPED",
            {
                "settledBy": "DEADLINE",
                "canceledSince": (NOW - STOP_DEADLINE).isoformat(),
            },
        ),
        (
            verdict(JobStatus.SUCCEEDED),
            Heard(),
            "FINISHED_FIRST",
            {"settledBy": "RUN"},
        ),
        (hook(JobStatus.FAILED), Heard(), "FINISHED_FIRST", {"settledBy": "HOOK"}),
    ],
)
def test_the_end_of_a_canceled_job_says_what_settled_it(
    said: Observation, heard: Heard, outcome: str, detail: dict[str, str]
) -> None:
    job = job_in(JobStatus.QUEUED, **ASKED)

    change = told(job, said, heard=heard, seals=True)

    assert change.values["cancel_outcome"] == outcome
    assert change.detail == detail


def test_the_end_of_a_job_that_nobody_canceled_says_no_more_than_its_changes() -> None:
    assert told(job_in(JobStatus.RUNNING), verdict(JobStatus.SUCCEEDED)).detail is None


@pytest.mark.parametrize(
    "said",
    [
        _canceled(started_at=None),
        hook(JobStatus.CANCELED, started_at=None),
    ],
    ids=["verdict", "hook"],
)
def test_a_run_with_an_attempt_has_started_even_if_nobody_says_when(
    said: Observation,
) -> None:
    job = job_in(JobStatus.QUEUED, **ASKED)

    change = told(job, said, heard=Heard(stopped=True), seals=True)

    assert change.values["cancel_outcome"] == "STOPPED"


def test_the_hook_of_a_stopped_run_seals_with_the_time_of_its_stop() -> None:
    job = job_in(JobStatus.RUNNING, **ASKED)

    change = told(job, hook(JobStatus.CANCELED), seals=True)

    assert change.values["status"] == "CANCELED"
    assert change.values["cancel_outcome"] == "STOPPED"
    assert change.values["finished"] == FINISHED


EARLY, LATE = "2026-01-02T03:00:10.000+00:00", "2026-01-02T03:00:11.000+00:00"


def test_newer_progress_is_kept() -> None:
    known = progress(EARLY).progress
    newer = progress(LATE, 0.6)

    change = told(job_in(JobStatus.RUNNING, progress=known), newer)

    assert change == Change(EventKind.PROGRESS, {"progress": newer.progress})


def test_the_first_progress_is_kept() -> None:
    assert told(job_in(JobStatus.RUNNING), progress(EARLY)).kind is EventKind.PROGRESS


@pytest.mark.parametrize("at", [EARLY, LATE], ids=["older", "same"])
def test_progress_that_is_not_newer_changes_nothing(at: str) -> None:
    job = job_in(JobStatus.RUNNING, progress=progress(LATE).progress)

    assert fold(job, progress(at, 0.1), now=NOW) is None


def test_progress_of_an_earlier_attempt_changes_nothing() -> None:
    job = job_in(JobStatus.RUNNING, attempts=2)

    assert fold(job, progress(LATE), now=NOW) is None


def test_progress_that_overtakes_the_start_starts_the_job() -> None:
    first = progress(EARLY)

    change = told(job_in(JobStatus.QUEUED), first)

    assert (change.kind, change.values["status"]) == (EventKind.STARTED, "RUNNING")
    assert change.values["progress"] == first.progress


def test_the_deadline_is_counted_by_our_clock() -> None:
    odd = datetime(1999, 1, 1, tzinfo=NOW.tzinfo)

    change = told(
        job_in(JobStatus.RUNNING, **ASKED),
        _canceled(occurred_at=odd),
        heard=Heard(canceled_since=NOW),
    )

    assert "status" not in change.values
