"""Queues, on an emulator."""

from datetime import UTC

import pytest

from jobwire.triggerdev import (
    BadRequestError,
    CustomQueue,
    InvalidOptionError,
    NotFoundError,
    QueueType,
    TaskQueue,
    TriggerDevClient,
)
from tests.emulator.stage import Stage

TASK = TaskQueue("my-task")


async def test_queues_are_listed_in_pages(real: TriggerDevClient) -> None:
    names = [queue.name async for queue in real.queues.list(page_size=3)]
    page = await real.queues.list_page(page=2, page_size=3)

    assert names == [
        "always-fails",
        "daily-report-generation",
        "my-task",
        "process-large-dataset",
    ]
    assert (page.page, page.pages, page.count) == (2, 2, 4)
    assert [queue.name for queue in page.queues] == names[3:]


async def test_a_queue_is_retrieved_by_its_task_and_by_its_id(
    real: TriggerDevClient,
) -> None:
    await real.tasks.trigger("my-task", None)

    queue = await real.queues.retrieve(TASK)

    assert (queue.name, queue.type) == ("my-task", QueueType.TASK)
    assert (queue.running + queue.queued, queue.is_paused) == (1, False)
    assert (queue.concurrency_limit, queue.override_percent) == (None, None)
    assert (await real.queues.retrieve(queue.id)).name == "my-task"


async def test_a_queue_is_paused_and_resumed(
    real: TriggerDevClient, stage: Stage
) -> None:
    paused = await real.queues.pause(TASK)
    run = await real.tasks.trigger("my-task", None)
    await stage.advance(5)
    held = await stage.status(run.id)
    resumed = await real.queues.resume(TASK)
    await stage.advance(5)

    assert (paused.is_paused, held, resumed.is_paused) == (True, "QUEUED", False)
    assert await stage.status(run.id) == "COMPLETED"


async def test_a_limit_is_overridden_and_reset(real: TriggerDevClient) -> None:
    number = await real.queues.override_concurrency_limit(TASK, 0)
    part = await real.queues.override_concurrency_limit(TASK, percent=50)
    shown = await real.queues.retrieve(TASK)
    back = await real.queues.reset_concurrency_limit(TASK)

    assert number.concurrency_limit == 0
    assert part.concurrency is not None
    assert (part.concurrency.current, part.concurrency.override) == (5, 5)
    assert part.concurrency.base is None
    assert part.concurrency.overridden_at is not None
    assert part.concurrency.overridden_at.tzinfo is UTC
    assert shown.override_percent == 50
    assert back.concurrency is not None
    assert (back.concurrency_limit, back.concurrency.override) == (None, None)


async def test_what_the_server_refuses_is_raised(real: TriggerDevClient) -> None:
    with pytest.raises(NotFoundError):
        await real.queues.retrieve(CustomQueue("none"))
    with pytest.raises(BadRequestError, match="cannot exceed"):
        await real.queues.override_concurrency_limit(TASK, 99_999)
    with pytest.raises(BadRequestError, match="not overridden"):
        await real.queues.reset_concurrency_limit(TASK)


@pytest.mark.parametrize(
    ("limit", "percent"),
    [
        (None, None),
        (1, 1),
        (-1, None),
        (100_001, None),
        (True, None),
        (1.5, None),
        (None, 0),
        (None, 100.5),
        (None, float("nan")),
    ],
)
async def test_limits_that_cannot_be_are_refused_here(
    real: TriggerDevClient, limit: int | None, percent: float | None
) -> None:
    with pytest.raises(InvalidOptionError):
        await real.queues.override_concurrency_limit(TASK, limit, percent=percent)
    assert real.requests == 0


async def test_pages_that_cannot_be_are_refused_here(real: TriggerDevClient) -> None:
    for page in ({"page": 0}, {"page_size": 0}, {"page_size": 101}):
        with pytest.raises(InvalidOptionError):
            await real.queues.list_page(**page)
    with pytest.raises(InvalidOptionError):
        await real.queues.retrieve("")
