"""The algebra of snapshots, held to sets of transactions."""

from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from jobwire.jobs.feed.cursor import CursorCodec, Position
from jobwire.jobs.feed.snapshot import Snapshot

EVERY_XID = range(1, 60)


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """What PostgreSQL reports: `xmin` is the oldest in progress, or else `xmax`."""
    xmax = draw(st.integers(3, 50))
    in_progress = sorted(draw(st.sets(st.integers(2, xmax - 1), max_size=12)))
    return Snapshot(in_progress[0] if in_progress else xmax, xmax, tuple(in_progress))


def seen(snapshot: Snapshot) -> set[int]:
    ended = set(EVERY_XID) - set(snapshot.in_progress)
    return {xid for xid in ended if xid < snapshot.xmax}


@given(snapshots())
def test_it_sees_what_had_ended_below_its_xmax(snapshot: Snapshot) -> None:
    assert {xid for xid in EVERY_XID if snapshot.sees(xid)} == seen(snapshot)


@given(snapshots())
def test_the_text_form_round_trips(snapshot: Snapshot) -> None:
    assert Snapshot.parse(str(snapshot)) == snapshot


@given(snapshots(), snapshots())
def test_covering_means_seeing_all_that_the_other_sees(
    one: Snapshot, other: Snapshot
) -> None:
    if one.covers(other):
        assert seen(one) >= seen(other)
    elif one.xmax >= other.xmax:
        assert not seen(one) >= seen(other)


@given(snapshots(), st.integers(0, 12))
def test_a_coarsened_snapshot_is_older_and_small(snapshot: Snapshot, most: int) -> None:
    coarse = snapshot.coarsened(most)

    assert len(coarse.in_progress) <= most
    assert seen(coarse) <= seen(snapshot)
    assert snapshot.covers(coarse)


@given(snapshots(), snapshots())
def test_the_two_ranges_of_the_index_hold_every_unseen_transaction(
    base: Snapshot, target: Snapshot
) -> None:
    ranges = {x for x in EVERY_XID if x >= base.xmax or x in base.in_progress}

    difference = {xid for xid in ranges if target.sees(xid)}

    assert difference == seen(target) - seen(base)


@given(snapshots(), snapshots(), st.lists(st.integers(2, 55), max_size=30, unique=True))
def test_going_on_in_the_middle_of_a_read_gives_the_rest_once(
    base: Snapshot, target: Snapshot, xids: list[int]
) -> None:
    """Events are numbered in any order that the transactions may have drawn ids."""
    events = dict(enumerate(xids, start=1))
    unread = [i for i, xid in events.items() if target.sees(xid) and not base.sees(xid)]
    codec = CursorCodec(b"k" * 32)

    for place, last_id in enumerate(unread, start=1):
        position = codec.decode(codec.encode(Position(uuid4(), base, target, last_id)))
        assert position.target is not None
        rest = [
            i
            for i, xid in events.items()
            if position.target.sees(xid)
            and not position.base.sees(xid)
            and i > position.last_id
        ]
        assert rest == unread[place:]
