"""The executor of subscriptions, fit to execute the events of many days."""

from typing import Any

from graphql import Executor


class EventExecutor(Executor[Any]):
    """An executor whose events leave nothing behind.

    graphql-core 3.3 shares the memo of collected subfields among the executors of all
    events of a subscription. What it is looked up by is made anew for each event: it
    never helps another one, and grows by some kilobytes with each.
    """

    def build_per_event_executor(self, payload: Any) -> Executor[Any]:
        """Return an executor for one event, with a memo of its own."""
        executor = super().build_per_event_executor(payload)
        executor._relevant_sub_fields = {}  # noqa: SLF001 - it is of our own kind
        return executor
