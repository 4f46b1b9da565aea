"""Rate limits: of each user, and of each API key that has one, in one process."""

from datetime import timedelta
from uuid import UUID

import pytest

from jobwire.jobs.errors import RateLimitedError
from jobwire.jobs.rate_limits import Limit, OperationKind, RateLimits
from jobwire.jobs.viewer import Viewer
from tests.clock import FakeClock

ANN = Viewer("ann", frozenset())
BEN = Viewer("ben", frozenset())
KEY = Viewer("ann", frozenset(), api_key_id=UUID(int=1), api_key_per_minute=2)
OTHER_KEY = Viewer("ann", frozenset(), api_key_id=UUID(int=2), api_key_per_minute=3)


class Counting:
    """Asks at the time of a fake clock."""

    def __init__(self, per_minute: int | None) -> None:
        self.clock = FakeClock()
        self.refused: list[tuple[OperationKind, Limit]] = []
        self._limits = RateLimits(per_minute, on_refusal=self._note)

    def _note(self, kind: OperationKind, limit: Limit) -> None:
        self.refused.append((kind, limit))

    def ask(self, viewer: Viewer, kind: OperationKind = OperationKind.QUERY) -> None:
        self._limits.count(viewer, kind, now=self.clock.now())


def test_a_user_may_start_as_many_as_a_minute_allows_and_no_more() -> None:
    counting = Counting(2)
    for kind in (OperationKind.QUERY, OperationKind.MUTATION):
        counting.ask(ANN, kind)

    with pytest.raises(RateLimitedError) as caught:
        counting.ask(ANN, OperationKind.SUBSCRIPTION)

    assert (caught.value.limit, caught.value.retry_after) == (2, timedelta(seconds=30))
    assert counting.refused == [(OperationKind.SUBSCRIPTION, Limit.USER)]
    counting.ask(BEN)
    counting.clock.advance(timedelta(seconds=30))
    counting.ask(ANN)


def test_without_a_limit_nothing_is_counted() -> None:
    counting = Counting(None)

    for _ in range(100):
        counting.ask(ANN)

    assert counting.refused == []


@pytest.mark.parametrize("per_minute", [None, 100])
def test_a_key_has_its_own_limit_beside_that_of_its_user(
    per_minute: int | None,
) -> None:
    counting = Counting(per_minute)
    for _ in range(2):
        counting.ask(KEY)

    with pytest.raises(RateLimitedError, match="One API key may start 2 operations"):
        counting.ask(KEY)

    assert counting.refused == [(OperationKind.QUERY, Limit.API_KEY)]
    counting.ask(OTHER_KEY)
    counting.ask(ANN)


def test_what_a_key_asks_for_counts_for_its_user_but_not_what_it_is_refused() -> None:
    counting = Counting(4)
    for _ in range(2):
        counting.ask(KEY)
    for _ in range(10):
        with pytest.raises(RateLimitedError):
            counting.ask(KEY)

    for _ in range(2):
        counting.ask(OTHER_KEY)
    with pytest.raises(RateLimitedError, match="One user may start 4 operations"):
        counting.ask(OTHER_KEY)
