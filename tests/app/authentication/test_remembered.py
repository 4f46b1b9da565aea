"""Tokens that were verified before."""

from datetime import timedelta

import pytest

from jobwire.app.authentication.remembered import LONGEST, MOST, Remembered
from jobwire.app.claims import LEEWAY
from jobwire.jobs.viewer import Viewer
from tests.clock import FakeClock


@pytest.fixture
def viewer(clock: FakeClock) -> Viewer:
    return Viewer("ann", frozenset(), clock.now() + timedelta(minutes=1))


def test_a_token_is_known_until_it_ends(clock: FakeClock, viewer: Viewer) -> None:
    remembered = Remembered()
    remembered.keep("token", viewer)

    assert remembered.find("token", now=clock.now()) is viewer
    assert remembered.find("other", now=clock.now()) is None
    clock.advance(timedelta(minutes=1) + LEEWAY)
    assert remembered.find("token", now=clock.now()) is None


def test_of_many_tokens_those_are_known_that_came_last(
    clock: FakeClock, viewer: Viewer
) -> None:
    remembered = Remembered()
    for number in range(MOST):
        remembered.keep(f"token {number}", viewer)
    assert remembered.find("token 0", now=clock.now()) is viewer

    remembered.keep("one more", viewer)

    assert remembered.find("token 0", now=clock.now()) is viewer
    assert remembered.find("token 1", now=clock.now()) is None


def test_a_very_long_token_is_not_kept(clock: FakeClock, viewer: Viewer) -> None:
    remembered = Remembered()
    token = "x" * (LONGEST + 1)

    assert remembered.keep(token, viewer) is viewer
    assert remembered.find(token, now=clock.now()) is None
