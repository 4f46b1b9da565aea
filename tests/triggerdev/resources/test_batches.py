"""Batches, on an emulator and on a server that is made to lose items."""

import json
from datetime import timedelta

import pytest

from jobwire.triggerdev import (
    ApiConnectionError,
    BatchItem,
    BatchNotSealedError,
    InvalidOptionError,
    NotFoundError,
    RateLimitedError,
    RunFilter,
    TriggerDevClient,
    TriggerOptions,
    UnprocessableError,
    create_idempotency_key,
)
from tests.emulator.stage import Stage
from tests.triggerdev.server import FakeTriggerDev, limited

THREE = [BatchItem("my-task", {"n": number}) for number in range(3)]


async def test_a_batch_makes_a_run_of_each_item_in_their_order(
    real: TriggerDevClient, stage: Stage
) -> None:
    batch = await real.batches.trigger(THREE)
    await stage.advance(0.01)

    told = await real.batches.retrieve(batch.id)
    runs = [await real.runs.retrieve(id) for id in told.run_ids]

    assert (batch.run_count, batch.is_cached) == (3, False)
    assert [run.payload for run in runs] == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert {run.batch_id for run in runs} == {batch.id}
    assert {run.trigger_function for run in runs} == {"batchTrigger"}


async def test_a_batch_is_pending_again_until_its_runs_have_ended(
    real: TriggerDevClient, stage: Stage
) -> None:
    id = (await real.batches.create(3)).id
    unsealed = await real.batches.retrieve(id)
    await real.batches.send_items(id, THREE)
    sealed = await real.batches.retrieve(id)
    await stage.advance(0.01)
    made = await real.batches.retrieve(id)
    await stage.advance(10)
    ended = await real.batches.retrieve(id)

    statuses = [one.status for one in (unsealed, sealed, made, ended)]
    assert statuses == ["PENDING", "PROCESSING", "PENDING", "COMPLETED"]
    assert sealed.processing_completed_at is None
    assert made.processing_completed_at is not None


async def test_items_that_are_sent_again_are_known_by_their_places(
    real: TriggerDevClient, stage: Stage
) -> None:
    id = (await real.batches.create(3)).id

    some = await real.batches.send_items(id, THREE[:2])
    rest = await real.batches.send_items(id, THREE)
    late = await real.batches.send_items(id, THREE)
    await stage.advance(1)

    assert (some.accepted, some.deduplicated, some.is_sealed) == (2, 0, False)
    assert (rest.accepted, rest.deduplicated, rest.is_sealed) == (1, 2, True)
    assert (late.accepted, late.deduplicated, late.is_sealed) == (0, 0, True)
    assert len((await real.batches.retrieve(id)).run_ids) == 3


async def test_runs_of_a_batch_are_listed(real: TriggerDevClient, stage: Stage) -> None:
    batch = await real.batches.trigger(THREE)
    await real.tasks.trigger("my-task", None)
    await stage.advance(0.1)

    window = RunFilter(period="1h", batch_id=batch.id)

    assert len([run async for run in real.runs.list(window)]) == 3


async def test_items_get_keys_of_the_key_of_their_batch_as_from_the_official_sdk(
    real: TriggerDevClient, stage: Stage
) -> None:
    own = TriggerOptions(idempotency_key="own")
    items = [BatchItem("my-task", 1), BatchItem("my-task", 2, own)]

    batch = await real.batches.trigger(items, idempotency_key="batch-1")
    await stage.advance(0.1)

    told = await real.batches.retrieve(batch.id)
    keys = [(await real.runs.retrieve(id)).idempotency_key for id in told.run_ids]
    assert keys == [create_idempotency_key("batch-1-0").value, "own"]
    again = await real.tasks.trigger(
        "my-task",
        1,
        TriggerOptions(idempotency_key=create_idempotency_key("batch-1-0").value),
    )
    assert (again.id, again.is_cached) == (told.run_ids[0], True)
    with pytest.raises(UnprocessableError, match="already been created"):
        await real.batches.trigger(items, idempotency_key="batch-1")


async def test_an_item_that_is_refused_is_told_beside_the_runs_of_the_others(
    real: TriggerDevClient, stage: Stage
) -> None:
    bad = TriggerOptions(version="19990101.1")

    batch = await real.batches.trigger([*THREE, BatchItem("my-task", 1, bad)])
    await stage.advance(10)

    told = await real.batches.retrieve(batch.id)
    assert (told.status, len(told.run_ids)) == ("PARTIAL_FAILED", 3)
    [error] = told.errors
    assert (error.index, error.task_identifier) == (3, "my-task")
    assert "19990101.1" in error.message


async def test_the_older_form_makes_a_batch_in_one_request(
    real: TriggerDevClient, stage: Stage
) -> None:
    batch = await real.batches.trigger_v2(THREE)
    await stage.advance(0.1)

    assert len((await real.batches.retrieve(batch.id)).run_ids) == 3
    assert await real.batches.results(batch.id) == ()


async def test_what_cannot_be_a_batch_is_refused_before_anything_is_sent(
    real: TriggerDevClient,
) -> None:
    many = [BatchItem("my-task")] * 1_001
    with pytest.raises(InvalidOptionError, match="items must be 1 to 1,000, not 0"):
        await real.batches.trigger([])
    with pytest.raises(InvalidOptionError, match="not 1,001"):
        await real.batches.trigger(many)
    with pytest.raises(InvalidOptionError, match="1 to 500, not 501"):
        await real.batches.trigger_v2(many[:501])
    with pytest.raises(InvalidOptionError, match="at most 1,000,000 bytes"):
        await real.batches.trigger_v2([BatchItem("my-task", "x" * 1_000_000)])
    with pytest.raises(InvalidOptionError, match="run_count must be 1 to 1,000"):
        await real.batches.create(1_001)
    with pytest.raises(InvalidOptionError, match="at most 131,072 bytes"):
        await real.batches.create(1, task_ids=["x" * 131_072])

    assert real.requests == 0


async def test_batches_have_a_bucket_of_their_own_whose_reset_is_in_seconds(
    real: TriggerDevClient, stage: Stage
) -> None:
    await real.batches.create(1_000)
    answer = await stage.http.post("/api/v3/batches", json={"runCount": 300})

    assert answer.status_code == 429
    assert answer.json()["error"].startswith("Batch rate limit exceeded. Limit resets")
    assert answer.headers["retry-after"] == "10"
    assert int(answer.headers["x-ratelimit-reset"]) < 10**11
    began = stage.clock.now()
    assert (await real.batches.create(300)).id
    assert timedelta(seconds=10) <= stage.clock.now() - began <= timedelta(seconds=12)
    with pytest.raises(RateLimitedError):
        await real.batches.create(1_000)


async def test_a_batch_that_is_not_there_is_not_found(real: TriggerDevClient) -> None:
    with pytest.raises(NotFoundError):
        await real.batches.retrieve("batch_nobody")
    with pytest.raises(UnprocessableError, match="Batch batch_nobody not found"):
        await real.batches.send_items("batch_nobody", THREE)


CREATED = {"id": "batch_1", "runCount": 3, "isCached": False}


def sent(*, sealed: bool) -> object:
    return limited(
        {"id": "batch_1", "itemsAccepted": 3, "itemsDeduplicated": 0, "sealed": sealed}
    )


async def test_all_items_are_sent_again_until_the_batch_is_sealed(
    client: TriggerDevClient, server: FakeTriggerDev, waits: list[float]
) -> None:
    server.answers.extend(
        [limited(CREATED), sent(sealed=False), sent(sealed=False), sent(sealed=True)]
    )

    await client.batches.trigger(THREE)

    creation, *sendings = server.received
    assert creation.json == {"runCount": 3, "taskIdentifiers": ["my-task"]}
    assert len(sendings) == 3
    assert len({one.body for one in sendings}) == 1
    assert sendings[0].headers["content-type"] == "application/x-ndjson"
    assert sendings[0].headers["content-length"] == str(len(sendings[0].body))
    assert [json.loads(line)["index"] for line in sendings[0].body.splitlines()] == [
        0,
        1,
        2,
    ]
    assert waits == [1, 2]


async def test_a_batch_that_is_never_sealed_is_given_up(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    server.answers.extend([limited(CREATED), *[sent(sealed=False) for _ in range(5)]])

    with pytest.raises(BatchNotSealedError) as caught:
        await client.batches.trigger(THREE)

    assert (caught.value.batch_id, caught.value.attempts) == ("batch_1", 5)
    assert len(server.received) == 6


async def test_a_batch_that_was_made_before_gets_no_items(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    server.answers.append(limited({**CREATED, "isCached": True}))

    assert (await client.batches.trigger(THREE)).is_cached is True
    assert len(server.received) == 1


async def test_a_batch_is_not_made_twice_when_nobody_knows_whether_it_was(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    server.answers.append(limited({"error": "boom"}, 500))

    with pytest.raises(Exception, match="500") as caught:
        await client.batches.trigger(THREE)

    assert caught.value.outcome_unknown is True
    assert not isinstance(caught.value, ApiConnectionError)
    assert len(server.received) == 1
