"""The four paths: which news each brings within seconds, alone.

A filled cell of the table is a path that brings the news by itself. Where a cell is
empty nothing comes, and reconciliation brings the same within one interval.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from jobwire.emulator import AlertChannel
from jobwire.emulator.recorded_hooks import RecordedHookSender
from jobwire.jobs.webhook import receive as take_in
from jobwire.models.database import Database
from jobwire.worker.inbox import InboxLoop
from jobwire.worker.realtime import RealtimeLoop
from jobwire.worker.sync import SyncLoop
from tests.clock import FakeClock
from tests.flows.news import NEWS, News
from tests.jobs.rig import SECRET, Rig, open_rig
from tests.pages import section_of, table_rows
from tests.worker.shared import share
from tools.record_hooks import Receiver, receive

PAGE = Path(__file__).parents[2] / "docs/dispatch.md"
#: As the columns of the documentation are called.
PATHS = ("hooks", "alert", "Realtime", "polling")
SECONDS, NOTHING, INTERVAL = "seconds", "", "one interval"
ALL = {news.name for news in NEWS}
#: What each path brings.
BRINGS = {
    "hooks": {"COMPLETED", "FAILED", "CANCELED while running", "started", "progress"},
    "alert": {"FAILED", "CRASHED", "TIMED_OUT", "SYSTEM_FAILURE"},
    "Realtime": ALL,
    "polling": ALL,
}
#: Seconds of the clock within which a path has to bring what it brings.
WITHIN = 5
RECONCILE = timedelta(minutes=5)

Follow = Callable[[], Awaitable[object]]


@pytest.fixture
def path(request: pytest.FixtureRequest) -> str:
    """The only path that is on."""
    name: str = request.param
    return name


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receive() as running:
        yield running


@pytest.fixture
async def rig(
    database: Database,
    clock: FakeClock,
    tmp_path: Path,
    path: str,
    receiver: Receiver,
) -> AsyncIterator[Rig]:
    """TRIGGER jobs, and a Trigger.dev that posts what the path is made of."""
    async with AsyncExitStack() as stack:
        given = {}
        if path == "hooks":
            sender = RecordedHookSender(
                receiver.url, SECRET, seconds=lambda: clock.now().timestamp()
            )
            given["hooks"] = await stack.enter_async_context(sender)
        if path == "alert":
            given["alerts"] = [AlertChannel(receiver.url, SECRET)]
        tasks = [news.task for news in NEWS]
        yield await stack.enter_async_context(
            open_rig(database, clock, tmp_path, tasks=tasks, **given)
        )


@pytest.fixture
async def follow(rig: Rig, path: str, receiver: Receiver) -> AsyncIterator[Follow]:
    """What the path does at a moment, whether there is news or not."""
    # Realtime waits for news, for half of it.
    shared = share(rig, duty=timedelta(minutes=1))
    inbox, sync, feed = InboxLoop(shared), SyncLoop(shared), RealtimeLoop(shared)

    async def by_posts() -> None:
        posted = receiver.posted
        receiver.clear()
        for one in posted:
            async with rig.database.transaction() as connection:
                await take_in(
                    connection,
                    one.body,
                    one.headers,
                    secrets=(SECRET,),
                    now=rig.clock.now(),
                )
        await inbox.do_duty()

    yield {
        "hooks": by_posts,
        "alert": by_posts,
        "Realtime": feed.do_duty,
        "polling": sync.do_duty,
    }[path]
    await feed.lay_down()


def cells(*, filled: bool) -> pytest.MarkDecorator:
    """Return the cells of the table: a path, and what may become of a run."""
    return pytest.mark.parametrize(
        ("path", "news"),
        [
            pytest.param(path, news, id=f"{news.name}-{path}")
            for news in NEWS
            for path in PATHS
            if (news.name in BRINGS[path]) is filled
        ],
        indirect=["path"],
    )


async def come(rig: Rig, news: News, follow: Follow) -> bool:
    """Let it happen while the path is followed; whether it came within seconds."""
    job = await rig.linked(news.task.id, **news.given)
    await follow()
    await news.happen(rig, job)
    for _ in range(WITHIN):
        await follow()
        if news.seen(await rig.job(job.id)):
            return True
        await rig.stage.advance(1)
    return False


@cells(filled=True)
async def test_a_path_brings_by_itself_within_seconds(
    rig: Rig, news: News, follow: Follow
) -> None:
    assert await come(rig, news, follow)


@cells(filled=False)
async def test_what_a_path_does_not_bring_reconciliation_brings_within_an_interval(
    rig: Rig, news: News, follow: Follow
) -> None:
    assert not await come(rig, news, follow)

    await rig.stage.advance(RECONCILE.total_seconds())
    await rig.reconciler.reconcile()

    [job] = await rig.fetch("SELECT id FROM worker_jobs")
    assert news.seen(await rig.job(job["id"]))


@pytest.mark.parametrize("path", ["none"], indirect=True)
@pytest.mark.parametrize("news", NEWS, ids=lambda news: news.name)
async def test_reconciliation_alone_brings_within_an_interval(
    rig: Rig, news: News
) -> None:
    job = await rig.linked(news.task.id, **news.given)
    await rig.reconciler.reconcile()
    await news.happen(rig, job)
    assert not news.seen(await rig.job(job.id))

    await rig.stage.advance(RECONCILE.total_seconds())
    await rig.reconciler.reconcile()

    assert news.seen(await rig.job(job.id))


def test_the_table_of_the_documentation_is_that_of_the_tests() -> None:
    section = section_of(PAGE, "The four paths")

    assert f"| of a run | {' | '.join(PATHS)} | reconciliation |" in section
    assert table_rows(section) == [
        [
            news.name,
            *(SECONDS if news.name in BRINGS[path] else NOTHING for path in PATHS),
            INTERVAL,
        ]
        for news in NEWS
    ]
