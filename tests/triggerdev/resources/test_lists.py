"""Lists of runs: what is asked for, and how pages are followed."""

from datetime import UTC, datetime, timedelta

import pytest

from jobwire.triggerdev import (
    InvalidOptionError,
    MalformedResponseError,
    RunFilter,
    TriggerDevClient,
)
from tests.triggerdev.server import FakeTriggerDev, limited

FROM = datetime(2026, 1, 1, tzinfo=UTC)


async def test_a_list_asks_for_an_explicit_window(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    await client.runs.list_page(RunFilter(created_from=FROM))

    assert server.received[0].query == {
        "page[size]": "100",
        "filter[createdAt][from]": "1767225600000",
    }


async def test_a_list_asks_for_what_is_given(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    await client.runs.list_page(
        RunFilter(
            created_from=FROM + timedelta(microseconds=1_999),
            created_to=FROM + timedelta(microseconds=1_001),
            tags=("a:1", "b&c"),
            task_identifiers=["hello"],
            statuses=("QUEUED", "DELAYED"),
            versions=("20261123.1",),
            regions=("eu-central-1",),
            queues=("task/hello", "mail"),
            machines=("micro",),
            is_test=False,
            schedule_id="sched_1",
            batch_id="batch_1",
            bulk_action_id="bulk_1",
            error_id="error_1",
        ),
        page_size=2,
        after="4",
    )

    assert server.received[0].query == {
        "page[size]": "2",
        "page[after]": "4",
        "filter[createdAt][from]": "1767225600001",
        "filter[createdAt][to]": "1767225600002",
        "filter[tag]": "a:1,b&c",
        "filter[taskIdentifier]": "hello",
        "filter[status]": "QUEUED,DELAYED",
        "filter[version]": "20261123.1",
        "filter[region]": "eu-central-1",
        "filter[queue]": "task/hello,mail",
        "filter[machine]": "micro",
        "filter[isTest]": "false",
        "filter[schedule]": "sched_1",
        "filter[batch]": "batch_1",
        "filter[bulkAction]": "bulk_1",
        "filter[error]": "error_1",
    }


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"tags": ("a,b",)}, "tags must be texts without commas"),
        ({"tags": ("",)}, "tags must be texts without commas"),
        ({"tags": ("\ud800",)}, "tags must be texts without commas"),
        ({"tags": "a"}, "tags must be several texts, not one"),
        ({"statuses": ("A,B",)}, "statuses must be texts without commas"),
        (
            {"created_to": FROM.replace(tzinfo=None)},
            "created_to must have a time zone",
        ),
        ({"statuses": ("DONE",)}, "statuses must be of CANCELED, COMPLETED"),
        ({"machines": ("huge",)}, "machines must be of large-1x"),
        ({"batch_id": "a,b"}, "batch_id must be texts without commas"),
        ({"period": "7d"}, "created_from must be given, or else period, and not both"),
        ({"created_from": None}, "lists only the last seven days"),
        ({"created_from": None, "period": "1 day"}, "period must be"),
        (
            {"created_from": None, "period": "7d", "created_to": FROM},
            "created_to must be left out beside period",
        ),
    ],
)
def test_a_filter_that_cannot_be_asked_for_is_refused(
    asked: dict[str, object], words: str
) -> None:
    with pytest.raises(InvalidOptionError, match=words):
        RunFilter(**{"created_from": FROM, **asked})


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ({"page_size": 0}, "page_size must be from 1 to 100, not 0"),
        ({"page_size": 101}, "page_size must be from 1 to 100, not 101"),
        ({"after": "1", "before": "2"}, "after must be left out beside before"),
    ],
)
async def test_a_page_that_cannot_be_asked_for_is_refused(
    client: TriggerDevClient,
    server: FakeTriggerDev,
    page: dict[str, object],
    words: str,
) -> None:
    with pytest.raises(InvalidOptionError, match=words):
        await client.runs.list_page(RunFilter(period="7d"), **page)

    assert server.received == []


async def test_a_period_is_a_window_too(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    await client.runs.list_page(RunFilter(period=timedelta(days=30)))
    await client.runs.list_page(RunFilter(period="1d12h"))

    assert [one.query["filter[createdAt][period]"] for one in server.received] == [
        "2592000s",
        "1d12h",
    ]


async def test_all_pages_are_iterated_over_each_when_it_is_needed(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    for number in range(5):
        server.add_run(f"run_{number}", tags=["a"])
    server.add_run("run_other", tags=["b"])

    runs = client.runs.list(RunFilter(created_from=FROM, tags=("a",)), page_size=2)
    first = [(await anext(runs)).id, (await anext(runs)).id]
    asked = len(server.received)
    rest = [run.id async for run in runs]

    assert (first, asked) == (["run_0", "run_1"], 1)
    assert rest == ["run_2", "run_3", "run_4"]
    assert [one.query.get("page[after]") for one in server.received] == [None, "2", "4"]
    assert {one.query["filter[tag]"] for one in server.received} == {"a"}


async def test_a_page_without_runs_is_not_the_end(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    server.add_run()
    server.answers.append(limited({"data": [], "pagination": {"next": "0"}}))

    runs = [run.id async for run in client.runs.list(RunFilter(created_from=FROM))]

    assert runs == ["run_1"]


async def test_a_list_that_would_never_end_is_malformed(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    page = {"data": [], "pagination": {"next": "same"}}
    server.answers.extend([limited(page), limited(page), limited(page)])

    with pytest.raises(MalformedResponseError, match="the same cursor twice"):
        await anext(client.runs.list(RunFilter(created_from=FROM)))

    assert len(server.received) == 2
