"""Cursors: opaque, signed, and never longer than 512 characters."""

import re
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwire.jobs.errors import InvalidCursorError
from jobwire.jobs.feed.cursor import MAX_LENGTH, CursorCodec, Position
from jobwire.jobs.feed.snapshot import Snapshot

EPOCH = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
CODEC = CursorCodec(b"a" * 32)
MIDDLE = Position(
    EPOCH, Snapshot(740, 750, (740, 745)), Snapshot(748, 770, (748,)), 4711
)

in_progress = st.sets(st.integers(1, 2**63), min_size=1, max_size=300)


def snapshot(xids: set[int]) -> Snapshot:
    running = tuple(sorted(xids))
    return Snapshot(running[0], running[-1] + 1, running)


@pytest.mark.parametrize("position", [Position(EPOCH, Snapshot(7, 7)), MIDDLE])
def test_a_position_round_trips(position: Position) -> None:
    cursor = CODEC.encode(position)

    assert CODEC.decode(cursor) == position
    assert re.fullmatch(r"[A-Za-z0-9_-]+", cursor)


@given(in_progress, in_progress, st.integers(0, 2**63 - 1))
def test_any_position_fits_and_becomes_at_most_an_older_one(
    base: set[int], target: set[int], last_id: int
) -> None:
    position = Position(EPOCH, snapshot(base), snapshot(target), last_id)

    cursor = CODEC.encode(position)
    read = CODEC.decode(cursor)

    assert len(cursor) <= MAX_LENGTH
    assert read.target is not None
    assert position.base.covers(read.base)
    assert position.reach.covers(read.target)
    assert (read.epoch, read.last_id) == (EPOCH, last_id)


def test_a_usual_number_of_writers_is_kept_exactly() -> None:
    running = tuple(range(10_000_000, 10_000_200, 2))
    position = Position(EPOCH, Snapshot(running[0], running[-1] + 1, running))

    assert CODEC.decode(CODEC.encode(position)) == position


@given(st.data())
def test_a_changed_cursor_is_refused(data: st.DataObject) -> None:
    cursor = CODEC.encode(MIDDLE)
    place = data.draw(st.integers(0, len(cursor) - 1))
    letter = data.draw(st.sampled_from("ABCxyz019-_=+/ é\n"))
    changed = cursor[:place] + letter + cursor[place + 1 :]

    if changed != cursor:
        with pytest.raises(InvalidCursorError):
            CODEC.decode(changed)


@given(st.text(max_size=600))
def test_any_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursorError):
        CODEC.decode(text)


def test_a_cursor_of_another_key_is_refused() -> None:
    foreign = CursorCodec(b"b" * 32).encode(Position(uuid4(), Snapshot(7, 7)))

    with pytest.raises(InvalidCursorError, match="signature"):
        CODEC.decode(foreign)
