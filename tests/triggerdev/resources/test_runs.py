"""What can be done with a run, on an emulator."""

from datetime import timedelta

import pytest

from jobwire.triggerdev import (
    BadRequestError,
    InvalidOptionError,
    MetadataOperation,
    NotFoundError,
    ProjectScope,
    RunFilter,
    TriggerDevClient,
    TriggerOptions,
    UnprocessableError,
    WaitTimeoutError,
)
from tests.clock import FakeClock
from tests.emulator.stage import Stage

LATER = TriggerOptions(delay="1h", tags=("a",), metadata={"k": 1})


async def delayed(client: TriggerDevClient) -> str:
    return (await client.tasks.trigger("my-task", {"name": "ann"}, LATER)).id


async def test_a_replay_is_a_new_run_with_what_the_old_one_had(
    real: TriggerDevClient,
) -> None:
    old = await delayed(real)

    new = await real.runs.retrieve(await real.runs.replay(old))

    assert new.id != old
    assert (new.payload, new.tags, new.metadata) == ({"name": "ann"}, ("a",), {"k": 1})
    assert (new.status, new.delayed_until, new.idempotency_key) == (
        "QUEUED",
        None,
        None,
    )


async def test_a_replay_can_have_something_else(real: TriggerDevClient) -> None:
    options = TriggerOptions(delay="5m", tags=("b",), max_attempts=2, queue="mail")

    id = await real.runs.replay(await delayed(real), payload=None, options=options)

    run = await real.runs.retrieve(id)
    assert (run.payload, run.tags, run.status) == (None, ("b",), "DELAYED")


async def test_what_no_replay_can_change_is_refused(real: TriggerDevClient) -> None:
    with pytest.raises(InvalidOptionError, match="options must not hold test"):
        await real.runs.replay("run_1", options=TriggerOptions(test=True))


async def test_a_run_that_is_not_there_cannot_be_replayed(
    real: TriggerDevClient,
) -> None:
    with pytest.raises(NotFoundError):
        await real.runs.replay("run_nobody")


async def test_a_delayed_run_is_rescheduled(
    real: TriggerDevClient, clock: FakeClock
) -> None:
    id = await delayed(real)

    for_span = await real.runs.reschedule(id, "2h")
    until = clock.now() + timedelta(days=1)
    for_instant = await real.runs.reschedule(id, until)

    assert for_span.delayed_until == clock.now() + timedelta(hours=2)
    assert (for_instant.delayed_until, for_instant.status) == (until, "DELAYED")


async def test_a_delay_that_is_over_or_none_is_refused_here(
    real: TriggerDevClient, clock: FakeClock
) -> None:
    sent = real.requests
    with pytest.raises(InvalidOptionError, match="delay"):
        await real.runs.reschedule("run_1", clock.now())
    with pytest.raises(InvalidOptionError, match="delay"):
        await real.runs.reschedule("run_1", "soon")

    assert real.requests == sent


async def test_a_run_that_has_begun_cannot_be_rescheduled(
    real: TriggerDevClient,
) -> None:
    id = (await real.tasks.trigger("my-task", None)).id

    with pytest.raises(BadRequestError, match="not delayed"):
        await real.runs.reschedule(id, "1h")


async def test_metadata_are_told_and_replaced(real: TriggerDevClient) -> None:
    id = await delayed(real)

    assert await real.runs.metadata(id) == {"k": 1}
    assert await real.runs.update_metadata(id, {"x": {"y": 2}}) == {"x": {"y": 2}}
    assert (await real.runs.retrieve(id)).metadata == {"x": {"y": 2}}


async def test_a_run_without_metadata_tells_none(real: TriggerDevClient) -> None:
    id = (await real.tasks.trigger("my-task", None)).id

    assert await real.runs.metadata(id) is None


async def test_metadata_are_changed_step_by_step(real: TriggerDevClient) -> None:
    id = await delayed(real)
    steps = [
        MetadataOperation.set("a", 1),
        MetadataOperation.set("$.deep.list", [1, 2]),
        MetadataOperation.increment("a", 2.5),
        MetadataOperation.increment("fresh", -1),
        MetadataOperation.append("$.deep.list", 3),
        MetadataOperation.append("new", "x"),
        MetadataOperation.remove("$.deep.list", 1),
        MetadataOperation.set("$.deep.list[0]", "first"),
        MetadataOperation.delete("k"),
        MetadataOperation.delete("nothing"),
    ]

    changed = await real.runs.update_metadata(id, operations=steps)

    assert changed == {
        "a": 3.5,
        "deep": {"list": ["first", 3]},
        "fresh": -1,
        "new": ["x"],
    }
    whole = [MetadataOperation.update({"all": "new"})]
    assert await real.runs.update_metadata(id, operations=whole) == {"all": "new"}


async def test_operations_reach_the_parent_and_the_run_at_the_top(
    real: TriggerDevClient, stage: Stage
) -> None:
    top = await stage.triggered("my-task")
    middle = await stage.triggered("my-task", parentRunId=top)
    leaf = await stage.triggered("my-task", parentRunId=middle)

    await real.runs.update_metadata(
        leaf,
        parent_operations=[MetadataOperation.set("from", "leaf")],
        root_operations=[MetadataOperation.increment("count", 1)],
    )

    assert (await real.runs.retrieve(middle)).metadata == {"from": "leaf"}
    assert (await real.runs.retrieve(top)).metadata == {"count": 1}


@pytest.mark.parametrize("key", ["", "__proto__", "$.a.constructor"])
def test_a_key_that_the_server_would_not_follow_is_refused(key: str) -> None:
    with pytest.raises(InvalidOptionError, match="key must be the name or path"):
        MetadataOperation.set(key, 1)


async def test_no_change_of_metadata_and_too_much_of_it_are_refused(
    real: TriggerDevClient,
) -> None:
    with pytest.raises(InvalidOptionError, match="metadata must be given"):
        await real.runs.update_metadata("run_1")
    with pytest.raises(InvalidOptionError, match="at most 262,144 bytes"):
        await real.runs.update_metadata("run_1", {"x": "y" * 262_144})


async def test_tags_are_added_up_to_ten(real: TriggerDevClient) -> None:
    id = await delayed(real)

    await real.runs.add_tags(id, ["b", "a"])
    assert (await real.runs.retrieve(id)).tags == ("a", "b")
    with pytest.raises(UnprocessableError, match="Runs can only have 10 tags"):
        await real.runs.add_tags(id, [f"t{number}" for number in range(9)])
    with pytest.raises(InvalidOptionError, match="tags must be at least one"):
        await real.runs.add_tags(id, [])


async def test_a_run_that_retried_is_traced_attempt_by_attempt(
    real: TriggerDevClient, stage: Stage
) -> None:
    id = (await real.tasks.trigger("always-fails", None)).id
    await stage.advance(60)

    trace = await real.runs.trace(id)

    assert trace.is_truncated is False
    assert [span.message for span in trace.root.walk()] == [
        "always-fails",
        *[part for n in (1, 2, 3) for part in (f"Attempt {n}", "run()")],
    ]
    assert {span.is_error for span in trace.root.walk()} == {True}
    assert {span.is_partial for span in trace.root.walk()} == {False}
    assert trace.root.children[0].duration == timedelta(seconds=0.5)
    assert (await real.runs.trace(id)).id == trace.id


async def test_a_trace_holds_the_runs_beneath(
    real: TriggerDevClient, stage: Stage
) -> None:
    parent = await stage.triggered("my-task")
    child = await stage.triggered("my-task", parentRunId=parent)

    trace = await real.runs.trace(parent)
    detail = await real.runs.span(parent, trace.root.id)

    assert [span.run_id for span in trace.root.walk()] == [parent, child]
    assert detail.triggered_run_ids == (child,)
    assert (detail.message, detail.is_partial) == ("my-task", True)


async def test_the_events_of_a_run_are_told_unread(real: TriggerDevClient) -> None:
    id = await delayed(real)

    [event] = await real.runs.events(id)

    assert (event["runId"], event["message"], event["isPartial"]) == (
        id,
        "my-task",
        True,
    )


async def test_spans_and_traces_of_nothing_are_not_found(
    real: TriggerDevClient,
) -> None:
    id = await delayed(real)

    with pytest.raises(NotFoundError, match="Span not found"):
        await real.runs.span(id, "0000000000000000")
    with pytest.raises(NotFoundError):
        await real.runs.trace("run_nobody")


async def test_the_route_of_results_finds_none_as_the_real_one(
    real: TriggerDevClient, stage: Stage
) -> None:
    id = (await real.tasks.trigger("my-task", None)).id
    await stage.advance(10)

    with pytest.raises(NotFoundError, match="not finished"):
        await real.runs.result(id)


async def test_a_wait_ends_with_the_run(real: TriggerDevClient) -> None:
    id = (await real.tasks.trigger("my-task", {"name": "ann"})).id

    run = await real.runs.wait_for_run(id, deadline=timedelta(seconds=30))

    assert (run.status, run.output["message"]) == ("COMPLETED", "Hello, ann!")


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (TriggerOptions(ttl="1s"), "EXPIRED"),
        (TriggerOptions(max_duration=timedelta(seconds=5)), "TIMED_OUT"),
    ],
)
async def test_a_wait_ends_where_their_booleans_say_it_has_not(
    real: TriggerDevClient, options: TriggerOptions, status: str
) -> None:
    task = "unknown" if status == "EXPIRED" else "process-large-dataset"
    id = (await real.tasks.trigger(task, {"seconds": 60}, options)).id

    run = await real.runs.wait_for_run(id, deadline=timedelta(seconds=60))

    assert run.status == status


async def test_a_wait_ends_for_a_run_that_was_canceled_while_queued(
    real: TriggerDevClient,
) -> None:
    id = await delayed(real)
    await real.runs.cancel(id)

    run = await real.runs.wait_for_run(id, deadline=timedelta(seconds=1))

    assert (run.status, run.finished_at) == ("CANCELED", None)


async def test_a_wait_that_is_over_tells_how_the_run_was_seen_last(
    real: TriggerDevClient, clock: FakeClock
) -> None:
    id, began = await delayed(real), clock.now()

    with pytest.raises(WaitTimeoutError, match="it is DELAYED") as caught:
        await real.runs.wait_for_run(id, deadline=timedelta(seconds=7))

    assert caught.value.last_run is not None
    assert caught.value.last_run.status == "DELAYED"
    assert clock.now() - began == timedelta(seconds=7)


async def test_a_run_that_is_never_seen_is_not_waited_for_long(
    real: TriggerDevClient, clock: FakeClock
) -> None:
    began = clock.now()

    with pytest.raises(NotFoundError):
        await real.runs.wait_for_run("run_nobody", deadline=timedelta(hours=1))

    assert timedelta(seconds=10) <= clock.now() - began < timedelta(minutes=1)


async def test_a_run_tells_all_of_its_family(
    real: TriggerDevClient, stage: Stage
) -> None:
    top = await stage.triggered("my-task")
    middle = await stage.triggered("my-task", parentRunId=top)
    leaf = await stage.triggered("my-task", parentRunId=middle)

    run = await real.runs.retrieve(middle)
    related = (await real.runs.retrieve(leaf)).related

    assert run.related.root is not None
    assert run.related.parent is not None
    assert (run.related.root.id, run.related.parent.id) == (top, top)
    assert [child.id for child in run.related.children] == [leaf]
    assert related.root is not None
    assert related.parent is not None
    assert (related.root.id, related.parent.id, run.depth) == (top, middle, 1)
    assert run.trigger_function == "trigger"


async def test_runs_of_a_project_are_listed_with_a_personal_token(
    real: TriggerDevClient, stage: Stage
) -> None:
    id = await delayed(real)
    project = ProjectScope("proj_emulator", ("dev", "prod"))
    window = RunFilter(period="1h")

    with pytest.raises(Exception, match="401"):
        await real.runs.list_page(window, project=project)
    stage.http.headers["authorization"] = "Bearer tr_pat_4f9sKq2LmXw7"
    listed = await stage.http.get(
        "/api/v1/projects/proj_emulator/runs", params={"filter[env]": "dev"}
    )
    missing = await stage.http.get("/api/v1/projects/proj_other/runs")

    assert [run["id"] for run in listed.json()["data"]] == [id]
    assert (missing.status_code, missing.json()) == (
        404,
        {"error": "Project not found"},
    )
    with pytest.raises(InvalidOptionError, match="must name at least one"):
        ProjectScope("proj_emulator", ())
