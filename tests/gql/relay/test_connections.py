"""Relay's Cursor Connections, over every list of the schema.

The laws: relay.dev/graphql/connections.htm, sections 4 and 5.
"""

from typing import Any
from uuid import UUID

import pytest
from graphql import is_object_type
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobwire.gql.pagination import (
    attempt_cursors,
    drift_cursors,
    event_cursors,
    job_cursors,
    log_cursors,
    notification_cursors,
    refusal_cursors,
    schedule_cursors,
)
from jobwire.gql.schema import core
from tests.gql.relay.conftest import BOTH_WAYS, LISTS, SIZE
from tests.gql.relay.listing import Listing

STRANGER = UUID("01941f29-7c00-7000-8000-000000000001")
#: Cursors of the lists of others, and what they are called here.
FOREIGN = {
    "Query.jobs": job_cursors().encode(STRANGER),
    "Query.jobSchedules": schedule_cursors().encode(STRANGER),
    "Job.attempts": attempt_cursors(STRANGER).encode(1),
    "Job.events": event_cursors(STRANGER).encode(1),
    "Job.logs": log_cursors(STRANGER).encode(1),
    "Query.notifications": notification_cursors().encode(STRANGER),
    "BulkOperation.refusals": refusal_cursors(STRANGER).encode(STRANGER),
    "Reconciliation.drifts": drift_cursors().encode((1, 1)),
}
#: Lists that have no owner, and whose cursors they take.
SHARED = {
    "Query.jobs": "Query.jobs",
    "JobSchedule.jobs": "Query.jobs",
    "Query.jobSchedules": "Query.jobSchedules",
    "Query.notifications": "Query.notifications",
    "Reconciliation.drifts": "Reconciliation.drifts",
}
LAWS = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

every_list = pytest.mark.parametrize("bare_listing", LISTS, indirect=True)


def test_no_connection_of_the_schema_is_left_out() -> None:
    connections = {
        f"{kind.name}.{name}"
        for kind in core.type_map.values()
        if is_object_type(kind)
        for name, field in kind.fields.items()
        if str(field.type).rstrip("!").endswith("Connection")
    }

    assert connections == set(LISTS)


@every_list
@LAWS
@given(
    size=st.integers(0, SIZE + 2),
    end=st.sampled_from(["first", "last"]),
    after=st.none() | st.integers(0, SIZE - 1),
    before=st.none() | st.integers(0, SIZE - 1),
)
async def test_a_page_is_what_its_arguments_say(
    listing: Listing, size: int, end: str, after: int | None, before: int | None
) -> None:
    if listing.forwards_only:
        end, before = "first", None
    whole = await listing.page(first=100)
    between = whole.keys[0 if after is None else after + 1 : before]
    arguments: dict[str, Any] = {end: size}
    if after is not None:
        arguments["after"] = whole.cursors[after]
    if before is not None:
        arguments["before"] = whole.cursors[before]

    page = await listing.page(**arguments)

    if end == "last":
        assert page.keys == between[max(len(between) - size, 0) :]
        assert page.has_previous is (len(between) > size)
        assert page.has_next is (before is not None)
    else:
        assert page.keys == between[:size]
        assert page.has_next is (len(between) > size)
        assert page.has_previous is (after is not None)
    assert page.cursors == [whole.cursors[whole.keys.index(one)] for one in page.keys]


@every_list
async def test_a_walk_forwards_meets_every_item_once_though_the_list_grows(
    listing: Listing,
) -> None:
    before = (await listing.page(first=100)).keys
    page = await listing.page(first=2)
    met = page.keys
    await listing.grow()
    while page.has_next:
        page = await listing.page(first=2, after=page.cursors[-1])
        met += page.keys

    after = (await listing.page(first=100)).keys
    assert len(after) == len(before) + 1
    assert set(before) <= set(met)
    assert met == [key for key in after if key in met]


@pytest.mark.parametrize("bare_listing", BOTH_WAYS, indirect=True)
async def test_a_walk_backwards_meets_every_item_once_though_the_list_grows(
    listing: Listing,
) -> None:
    before = (await listing.page(first=100)).keys
    page = await listing.page(last=2)
    met = page.keys
    await listing.grow()
    while page.has_previous:
        page = await listing.page(last=2, before=page.cursors[0])
        met = page.keys + met

    after = (await listing.page(first=100)).keys
    assert len(after) == len(before) + 1
    assert set(before) <= set(met)
    assert met == [key for key in after if key in met]


@every_list
async def test_without_arguments_a_page_begins_at_the_start(listing: Listing) -> None:
    whole = await listing.page(first=100)

    assert await listing.page() == whole
    assert await listing.page(first=None, after=None) == whole


@every_list
async def test_sizes_out_of_range_are_refused(listing: Listing) -> None:
    names = ["first"] if listing.forwards_only else ["first", "last"]
    for name in names:
        for size in (-1, 101):
            assert await listing.refusal(**{name: size}) == ("VALIDATION", [name])
    if not listing.forwards_only:
        assert await listing.refusal(first=1, last=1) == ("VALIDATION", ["first"])


@every_list
async def test_cursors_of_other_lists_are_refused(listing: Listing) -> None:
    own = SHARED.get(listing.field)
    others = [cursor for field, cursor in FOREIGN.items() if field != own]
    names = ["after"] if listing.forwards_only else ["after", "before"]
    for name in names:
        for cursor in (*others, "", "nonsense", (await listing.page()).cursors[0][:-1]):
            assert await listing.refusal(**{name: cursor}) == ("INVALID_CURSOR", [name])
