"""The executor of subscriptions: what stays in memory behind each event."""

import gc

from graphql import execute_subscription_event
from graphql.execution.collect_fields import FieldDetails

from jobwire.gql.documents import prepare
from jobwire.gql.event_executor import EventExecutor
from jobwire.gql.scalars import EventCursor
from jobwire.gql.schema import core
from jobwire.gql.types.job_stream import StreamCaughtUp

WATCH = "subscription { jobListUpdates { ... on StreamCaughtUp { cursor } } }"
EVENTS = 50


def _kept() -> int:
    gc.collect()
    return sum(isinstance(one, FieldDetails) for one in gc.get_objects())


def test_events_leave_nothing_behind() -> None:
    executor = EventExecutor.build(core, prepare(WATCH).ast)
    assert not isinstance(executor, list)
    before = _kept()
    for number in range(EVENTS):
        event = StreamCaughtUp(cursor=EventCursor(str(number)))
        result = execute_subscription_event(executor.build_per_event_executor(event))
        assert result.data == {"jobListUpdates": {"cursor": str(number)}}

    assert _kept() < before + EVENTS
