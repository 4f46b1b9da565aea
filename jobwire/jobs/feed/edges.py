"""The edges of one feed, found by what their readers follow."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any, TypeVar
from uuid import UUID

from jobwire.jobs.clock import Clock
from jobwire.jobs.feed.edge import Edge
from jobwire.jobs.feed.interest import Entry, Interest
from jobwire.jobs.feed.log import Wanted
from jobwire.jobs.feed.subscription import Subscription

R = TypeVar("R")

#: More jobs and users than this, and the follower reads the whole log: to name them all
#: in each read would cost more than it saves.
MAX_NAMED = 200

#: Where an edge is looked up: by a member of an event or its job, and its value.
_Place = tuple[str, Hashable]
_EVERYWHERE: _Place = ("", None)


class Edges:
    """Edges and who stands at which; an event finds its own without asking the others.

    An edge is looked up by what narrows its interest most: jobs, tags, users or types.
    """

    def __init__(self, clock: Clock) -> None:
        """Begin with none.

        Args:
            clock: What time it is for the expiry of viewers.
        """
        self._clock = clock
        self._edges: dict[Hashable, Edge[Any]] = {}
        self._of: dict[Subscription[Any], Edge[Any]] = {}
        self._by_place: dict[_Place, dict[Edge[Any], None]] = {}
        #: How many edges ask the log for which job or user, or for everything.
        self._asked: Counter[_Place] = Counter()
        #: Those that came after it was last asked what is wanted.
        self._new: set[Edge[Any]] = set()

    def __len__(self) -> int:
        return len(self._of)

    def __iter__(self) -> Iterator[Subscription[Any]]:
        return iter(tuple(self._of))

    def join(self, reader: Subscription[R]) -> None:
        """Put a reader to the edge of its interest and audience."""
        key = (reader.interest, reader.audience.key)
        edge = self._edges.get(key)
        if edge is None:
            edge = self._edges[key] = Edge(
                reader.interest, reader.audience, self._clock
            )
            self._new.add(edge)
            for place in _places(edge.interest):
                self._by_place.setdefault(place, {})[edge] = None
            self._asked.update(_asked(edge.interest))
        self._of[reader] = edge
        edge.join(reader)

    def leave(self, reader: Subscription[Any]) -> None:
        """Forget a reader, if it was put to an edge."""
        edge = self._of.pop(reader, None)
        if edge is not None:
            edge.leave(reader)
            key = (reader.interest, reader.audience.key)
            # Another one may stand there since all left this one at once.
            if edge.is_empty and self._edges.get(key) is edge:
                del self._edges[key]
                self._forget(edge)

    def is_level(self, reader: Subscription[Any]) -> bool:
        """Whether a reader took everything that was offered to its edge."""
        edge = self._of.get(reader)
        return edge is not None and edge.is_idle and reader.is_drained

    def concerned(self, entry: Entry) -> list[Edge[Any]]:
        """Return those that an event may concern, each once."""
        job, at = entry.job, self._by_place
        return [
            *at.get(("job", job.id), ()),
            *(at.get(("tag", job.tag), ()) if job.deleted_at is None else self._tagged),
            *at.get(("user", job.user_id), ()),
            *at.get(("type", job.type), ()),
            *at.get(_EVERYWHERE, ()),
        ]

    def all(self) -> list[Edge[Any]]:
        """Return all edges."""
        return list(self._edges.values())

    def wanted(self) -> Wanted:
        """Return whose events are wanted, for a read that begins now."""
        self._new.clear()
        if _EVERYWHERE in self._asked or len(self._asked) > MAX_NAMED:
            return Wanted(everything=True)
        return Wanted(
            everything=False,
            job_ids=[value for _, value in self._asked if isinstance(value, UUID)],
            user_ids=[value for _, value in self._asked if isinstance(value, str)],
        )

    def cut_off_new(self) -> None:
        """Cut off those that came during a read.

        They stand where it began, and it did not look for what they want.
        """
        for edge in self._new:
            edge.cut_off()

    @property
    def _tagged(self) -> Iterable[Edge[Any]]:
        """Those that are looked up by tags: a deleted job may have had any."""
        return dict.fromkeys(
            edge
            for (kind, _), there in self._by_place.items()
            if kind == "tag"
            for edge in there
        )

    def _forget(self, edge: Edge[Any]) -> None:
        self._new.discard(edge)
        for place in _places(edge.interest):
            there = self._by_place[place]
            del there[edge]
            if not there:
                del self._by_place[place]
        for place in _asked(edge.interest):
            self._asked[place] -= 1
            if not self._asked[place]:
                del self._asked[place]


def _places(interest: Interest) -> list[_Place]:
    """Return where to look an interest up: along the one member that narrows it most.

    Of one member an event has one value, so it finds each edge at most once.
    """
    for kind, values in (
        ("job", _jobs(interest)),
        ("tag", interest.filter.tags),
        ("user", _users(interest)),
        ("type", interest.filter.types),
    ):
        if values is not None:
            return [(kind, value) for value in dict.fromkeys(values)]
    return [_EVERYWHERE]


def _asked(interest: Interest) -> list[_Place]:
    """Return what the log is asked for."""
    for kind, values in (("job", _jobs(interest)), ("user", _users(interest))):
        if values is not None:
            return [(kind, value) for value in dict.fromkeys(values)]
    return [_EVERYWHERE]


def _jobs(interest: Interest) -> Sequence[UUID] | None:
    return interest.filter.ids if interest.job_id is None else (interest.job_id,)


def _users(interest: Interest) -> Sequence[str] | None:
    return interest.filter.user_ids if interest.user_id is None else (interest.user_id,)
