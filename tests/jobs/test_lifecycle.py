"""The state machine itself."""

from itertools import product
from pathlib import Path

import pytest

from jobwire.jobs import lifecycle
from jobwire.jobs.lifecycle import Verb
from jobwire.models.vocabulary import CancelOutcome, JobStatus
from tests.pages import section_of, table_rows

LIFECYCLE_PAGE = Path(__file__).parents[2] / "docs" / "lifecycle.md"


@pytest.mark.parametrize("status", lifecycle.TERMINAL)
def test_nothing_leaves_a_terminal_status(status: JobStatus) -> None:
    assert not [edge for edge in lifecycle.EDGES if edge.source is status]


OPEN = [one for one in JobStatus if one not in lifecycle.TERMINAL]
#: Force ends whatever is there, on either executor.
NOT_OF_WORKERS = lifecycle.OF_RUNS | {Verb.FORCE}
INTERNAL_EDGES = [edge for edge in lifecycle.EDGES if edge.verb not in NOT_OF_WORKERS]


@pytest.mark.parametrize("status", OPEN)
def test_every_open_status_leads_to_an_end(status: JobStatus) -> None:
    reached = {status}
    for _ in JobStatus:
        reached |= {edge.target for edge in lifecycle.EDGES if edge.source in reached}

    assert set(lifecycle.TERMINAL) <= reached


def test_an_internal_job_never_waits() -> None:
    assert not [
        edge
        for edge in INTERNAL_EDGES
        if JobStatus.WAITING in (edge.source, edge.target)
    ]


@pytest.mark.parametrize("source", ["QUEUED", "RUNNING", "WAITING"])
@pytest.mark.parametrize("target", lifecycle.TERMINAL)
def test_what_is_said_of_a_run_may_skip_statuses(
    source: str, target: JobStatus
) -> None:
    assert lifecycle.allows(Verb.OBSERVE, JobStatus(source), target)


def test_an_edge_has_one_verb_and_kind() -> None:
    moves = [(edge.verb, edge.source, edge.target) for edge in lifecycle.EDGES]

    assert len(moves) == len(set(moves))


def test_event_kind_refuses_a_move_that_is_not_allowed() -> None:
    with pytest.raises(LookupError):
        lifecycle.event_kind(Verb.CLAIM, JobStatus.SUCCEEDED, JobStatus.RUNNING)


@pytest.mark.parametrize(
    ("status", "has_started"), [*product(JobStatus, (True, False))]
)
def test_a_cancel_settles_what_waits_and_only_asks_what_runs(
    status: JobStatus, *, has_started: bool
) -> None:
    decision = lifecycle.decide_cancel(status, has_started=has_started)

    if status in lifecycle.TERMINAL:
        assert decision is None
    elif lifecycle.allows(Verb.CANCEL, status, JobStatus.CANCELED):
        assert decision is not None
        assert decision.status is JobStatus.CANCELED
        assert (decision.outcome is CancelOutcome.STOPPED) is has_started
    else:
        assert decision is not None
        assert decision.status is None
        assert decision.outcome is CancelOutcome.PENDING


@pytest.mark.parametrize("status", OPEN)
def test_a_cancel_of_a_dispatched_job_only_asks(status: JobStatus) -> None:
    decision = lifecycle.decide_cancel(status, has_started=False, is_dispatched=True)

    assert decision is not None
    assert decision.status is None
    assert decision.outcome is CancelOutcome.PENDING


def test_the_lifecycle_page_shows_the_machine_as_it_is() -> None:
    assert lifecycle.diagram() in LIFECYCLE_PAGE.read_text()


def test_the_lifecycle_page_tells_of_every_status_and_signal() -> None:
    statuses = table_rows(section_of(LIFECYCLE_PAGE, "Statuses"))
    signals = table_rows(section_of(LIFECYCLE_PAGE, "Signals"))

    assert [row[0].strip("`") for row in statuses] == [*JobStatus]
    told = [verb for row in signals for verb in row[0].split(", ")]
    assert sorted(told) == sorted(Verb)
