"""`jobCounts`: the counts as they stand, then as they change."""

from datetime import timedelta

import pytest

from tests.gql.client import COMPLETE, Api
from tests.gql.host import Host
from tests.gql.types import OpenEvents, OpenSocket

WATCH = """subscription ($filter: JobCountsFilter, $every: Duration) {
  jobCounts(filter: $filter, every: $every) { total byStatus { status count } }
}"""
FIELD = "jobCounts"
SCHEDULE = """mutation ($input: ScheduleJobInput!) {
  scheduleJob(input: $input) { job { id } errors { message } }
}"""
INPUT = {"type": "no-op", "tag": "t"}


async def test_they_come_at_once_and_when_they_have_changed(
    api: Api, open_socket: OpenSocket
) -> None:
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(WATCH, every="PT0.1S")
        assert (await socket.next(FIELD))["total"] == 0

        # Of others nothing is told, or the next message would be about them.
        await api.data(SCHEDULE, input=INPUT, caller="bob")
        await api.data(SCHEDULE, input=INPUT)

        assert (await socket.next(FIELD))["total"] == 1


async def test_all_who_may_see_the_same_share_one_reader(
    host: Host, api: Api, open_socket: OpenSocket
) -> None:
    assert host.engine is not None
    async with open_socket() as socket, open_socket() as other:
        for one, caller in ((socket, "alice"), (other, "reader")):
            await one.initialise(caller)
            await one.subscribe(WATCH, filter={"types": ["b", "a"]}, every="PT0.1S")
            await one.next(FIELD)
        await other.subscribe(WATCH, operation="2", filter={"types": ["a", "b", "a"]})
        await other.next(FIELD, operation="2")
        assert host.engine.counts.readers == 1

        await api.data(SCHEDULE, input=INPUT)
        assert host.engine.counts.readers == 1


async def test_it_completes_when_the_server_drains(
    host: Host, open_events: OpenEvents
) -> None:
    assert host.engine is not None
    async with open_events(WATCH) as stream:
        await stream.next(FIELD)

        host.engine.feed.begin_closing("maintenance", timedelta(seconds=1))

        assert await stream.rest() == [COMPLETE]
    assert host.engine.counts.readers == 0


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"filter": {"userIds": ["user-2"]}}, "FORBIDDEN"),
        ({"every": "PT0S"}, "VALIDATION"),
        ({"every": "PT1H0.1S"}, "VALIDATION"),
    ],
)
async def test_what_is_not_allowed_is_refused(
    open_socket: OpenSocket, variables: dict, code: str
) -> None:
    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(WATCH, **variables)

        assert await socket.refused() == code
