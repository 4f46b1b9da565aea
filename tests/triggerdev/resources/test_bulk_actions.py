"""Bulk actions, on an emulator."""

from datetime import timedelta

import pytest

from jobwire.triggerdev import (
    ConflictError,
    InvalidOptionError,
    NotFoundError,
    RateLimitedError,
    RunFilter,
    TriggerDevClient,
    TriggerOptions,
)
from tests.emulator.stage import Stage

DELAYED = RunFilter(period="1d", statuses=("DELAYED",))


async def three(client: TriggerDevClient) -> list[str]:
    options = TriggerOptions(delay="1h")
    return [(await client.tasks.trigger("my-task", n, options)).id for n in range(3)]


async def test_runs_of_a_filter_are_canceled(
    real: TriggerDevClient, stage: Stage
) -> None:
    ids = await three(real)

    action = await real.bulk_actions.cancel(DELAYED, name="clean up")
    before = await real.bulk_actions.retrieve(action)
    await stage.advance(1)
    after = await real.bulk_actions.retrieve(action)

    assert (before.type, before.status, before.total) == ("CANCEL", "PENDING", 3)
    assert (before.succeeded, before.name, before.completed_at) == (0, "clean up", None)
    assert (after.status, after.succeeded, after.failed) == ("COMPLETED", 3, 0)
    assert after.completed_at is not None
    assert {await stage.status(id) for id in ids} == {"CANCELED"}


async def test_runs_that_are_named_are_replayed_and_found_by_the_action(
    real: TriggerDevClient, stage: Stage
) -> None:
    ids = await three(real)

    action = await real.bulk_actions.replay(ids[:2])
    await stage.advance(0.2)

    window = RunFilter(period="1d", bulk_action_id=action)
    found = [run async for run in real.runs.list(window)]
    assert len(found) == 2
    assert not {run.id for run in found} & set(ids)


async def test_an_action_that_is_aborted_goes_no_further(
    real: TriggerDevClient, stage: Stage
) -> None:
    ids = await three(real)
    action = await real.bulk_actions.cancel(ids)

    await real.bulk_actions.abort(action)
    await stage.advance(1)

    assert (await real.bulk_actions.retrieve(action)).status == "ABORTED"
    assert {await stage.status(id) for id in ids} == {"DELAYED"}
    with pytest.raises(ConflictError):
        await real.bulk_actions.abort(action)


async def test_a_fourth_replay_has_to_wait(
    real: TriggerDevClient, stage: Stage
) -> None:
    ids = await three(real)
    for _ in range(3):
        await real.bulk_actions.replay(ids)

    with pytest.raises(RateLimitedError) as caught:
        await real.bulk_actions.replay(ids)
    await stage.advance(1)

    assert caught.value.is_retryable is False
    assert await real.bulk_actions.replay(ids)


async def test_actions_are_listed_newest_first(real: TriggerDevClient) -> None:
    ids = await three(real)
    made = [await real.bulk_actions.cancel(ids) for _ in range(5)]

    listed = [one.id async for one in real.bulk_actions.list(page_size=2)]
    page = await real.bulk_actions.list_page(page_size=2)
    older = await real.bulk_actions.list_page(page_size=2, after=page.next_cursor)
    newer = await real.bulk_actions.list_page(page_size=2, before=older.previous_cursor)

    assert listed == made[::-1]
    assert newer.bulk_actions == page.bulk_actions


async def test_every_filter_chooses(real: TriggerDevClient, stage: Stage) -> None:
    ids = await three(real)
    everything = RunFilter(
        created_from=stage.clock.now() - timedelta(days=30),
        statuses=("DELAYED", "QUEUED"),
        task_identifiers=("my-task",),
        queues=("task/my-task", "mail"),
        machines=("small-1x",),
        is_test=False,
    )

    action = await real.bulk_actions.cancel(everything)

    assert (await real.bulk_actions.retrieve(action)).total == len(ids)


@pytest.mark.parametrize(
    "runs", [[], ["run_1"] * 501, RunFilter(period="7d", error_id="error_1")]
)
async def test_runs_that_cannot_be_chosen_are_refused(
    real: TriggerDevClient, runs: RunFilter | list[str]
) -> None:
    with pytest.raises(InvalidOptionError):
        await real.bulk_actions.cancel(runs)


async def test_an_action_that_is_not_there_is_not_found(
    real: TriggerDevClient,
) -> None:
    with pytest.raises(NotFoundError):
        await real.bulk_actions.retrieve("bulk_nobody")
