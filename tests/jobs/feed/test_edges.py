"""Finding who is concerned, without asking everybody."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest

from jobwire.jobs.feed.audience import alone
from jobwire.jobs.feed.edges import MAX_NAMED, Edges
from jobwire.jobs.feed.interest import Entry, Interest
from jobwire.jobs.feed.subscription import Subscription
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.job import Event, Job
from tests.clock import FakeClock

MakeJob = Callable[..., Awaitable[Job]]


def _entry(job: Job) -> Entry:
    at = job.created_at
    event = Event(
        job.id, job.user_id, 1, "CREATED", None, "QUEUED", None, "API", None, at, at,
        "{}", None,
    )  # fmt: skip
    return Entry(1, event, job)


def _joined(edges: Edges, interest: Interest) -> Subscription[None]:
    reader = Subscription(interest, alone())
    edges.join(reader)
    return reader


@pytest.fixture
def edges(clock: FakeClock) -> Edges:
    return Edges(clock)


@pytest.fixture
async def job(make_job: MakeJob) -> Job:
    return await make_job(user_id="user-1", tag="mine", type="resize")


async def test_an_event_finds_the_edges_of_its_job_tag_user_and_type_alone(
    edges: Edges, job: Job
) -> None:
    concerned = [
        Interest(job.id),
        Interest(filter=JobFilter(ids=(uuid4(), job.id))),
        Interest(filter=JobFilter(tags=("mine", "other"))),
        Interest(user_id="user-1"),
        Interest(filter=JobFilter(user_ids=("user-1",))),
        Interest(filter=JobFilter(types=("resize",))),
        Interest(),
    ]
    for interest in concerned:
        _joined(edges, interest)
    for other in (
        Interest(uuid4()),
        Interest(filter=JobFilter(ids=())),
        Interest(filter=JobFilter(tags=("other",))),
        Interest(user_id="user-2"),
        Interest(filter=JobFilter(types=("sum",))),
    ):
        _joined(edges, other)

    found = [edge.interest for edge in edges.concerned(_entry(job))]

    assert sorted(map(repr, found)) == sorted(map(repr, concerned))


async def test_what_narrows_most_is_looked_up(edges: Edges, job: Job) -> None:
    both = Interest(user_id="user-1", filter=JobFilter(tags=("other",)))
    _joined(edges, both)

    assert edges.concerned(_entry(job)) == []


async def test_the_log_is_asked_for_no_more_than_is_followed(edges: Edges) -> None:
    assert not edges.wanted().anything
    job_id = uuid4()
    one = _joined(edges, Interest(job_id))
    other = _joined(edges, Interest(job_id))
    user = _joined(edges, Interest(user_id="user-1", filter=JobFilter(tags=("t",))))

    wanted = edges.wanted()
    assert (wanted.everything, list(wanted.job_ids), list(wanted.user_ids)) == (
        False,
        [job_id],
        ["user-1"],
    )
    everything = _joined(edges, Interest(filter=JobFilter(types=("resize",))))
    assert edges.wanted().everything
    for reader in (one, user, everything):
        edges.leave(reader)
    assert list(edges.wanted().job_ids) == [job_id]
    edges.leave(other)
    edges.leave(other)

    assert not edges.wanted().anything
    assert edges.all() == []
    assert len(edges) == 0


async def test_very_many_are_not_named_one_by_one(edges: Edges) -> None:
    for _ in range(MAX_NAMED):
        _joined(edges, Interest(uuid4()))
    assert not edges.wanted().everything
    _joined(edges, Interest(uuid4()))

    assert edges.wanted().everything
