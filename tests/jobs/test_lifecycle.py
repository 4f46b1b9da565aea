"""The state machine itself."""

from itertools import product
from pathlib import Path

import pytest

from jobwire.jobs import lifecycle
from jobwire.jobs.lifecycle import Verb
from jobwire.models.vocabulary import CancelOutcome, JobStatus

LIFECYCLE_PAGE = Path(__file__).parents[2] / "docs" / "lifecycle.md"


@pytest.mark.parametrize("status", lifecycle.TERMINAL)
def test_nothing_leaves_a_terminal_status(status: JobStatus) -> None:
    assert not [edge for edge in lifecycle.EDGES if edge.source is status]


@pytest.mark.parametrize(
    "status", [one for one in JobStatus if one not in lifecycle.TERMINAL]
)
def test_every_open_status_of_an_internal_job_leads_to_an_end(
    status: JobStatus,
) -> None:
    if status is JobStatus.WAITING:
        assert not [
            edge for edge in lifecycle.EDGES if status in (edge.source, edge.target)
        ]
        return
    reached = {status}
    for _ in JobStatus:
        reached |= {edge.target for edge in lifecycle.EDGES if edge.source in reached}

    assert set(lifecycle.TERMINAL) - {JobStatus.EXPIRED} <= reached


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


def test_the_lifecycle_page_shows_the_machine_as_it_is() -> None:
    assert lifecycle.diagram() in LIFECYCLE_PAGE.read_text()
