"""Patience with a service that does not answer."""

from datetime import timedelta
from random import Random

import pytest

from jobwire.worker.backoff import Backoff

FIRST, LAST = timedelta(seconds=1), timedelta(seconds=5)
SPANS = [1, 2, 4, 5, 5]


class Edge(Random):
    """The same number each time."""

    def __init__(self, number: float) -> None:
        super().__init__()
        self._number = number

    def random(self) -> float:
        return self._number


def seeded(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - it guards nothing


@pytest.mark.parametrize(("number", "share"), [(0.0, 0.5), (0.5, 0.75), (1.0, 1.0)])
def test_a_wait_is_between_half_of_its_span_and_the_whole(
    number: float, share: float
) -> None:
    patience = Backoff(FIRST, LAST, Edge(number))

    assert [patience.failed() for _ in SPANS] == [span * share for span in SPANS]


def test_two_processes_of_one_outage_do_not_come_back_together() -> None:
    one, other = (Backoff(FIRST, LAST, seeded(seed)) for seed in (1, 2))

    assert all(one.failed() != other.failed() for _ in range(20))


def test_the_wait_stays_as_it_was_said_and_is_gone_after_a_success() -> None:
    patience = Backoff(FIRST, LAST, seeded(3))
    assert patience.wait == 0

    waits = [patience.failed() for _ in range(3)]

    assert patience.wait == waits[-1]
    patience.succeeded()
    assert patience.wait == 0
    assert 0.5 <= patience.failed() <= 1


def test_it_stays_at_its_limit_however_often_it_is_tried() -> None:
    patience = Backoff(FIRST, LAST, seeded(4))

    assert max(patience.failed() for _ in range(5000)) <= LAST.total_seconds()
