"""Live operations: subscriptions that were accepted, each for one client."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from datetime import timedelta
from inspect import isawaitable
from typing import Any

from graphql import ExecutionResult, create_source_event_stream

from jobwire.gql.context import Context
from jobwire.gql.documents import MAX_ERRORS, Document
from jobwire.gql.errors import format_error, refusal
from jobwire.gql.event_executor import EventExecutor
from jobwire.gql.reading import ReadingOperation
from jobwire.gql.result import RequestError, Result
from jobwire.gql.schema import core
from jobwire.gql.showing import Showing
from jobwire.gql.subscriptions.source import Reading, Source
from jobwire.jobs.errors import JobError
from jobwire.jobs.feed import Audience, Follow, Told

#: Takes a result at once, without waiting; False: it cannot.
Offer = Callable[[Result], bool]


class LiveOperation:
    """A subscription on its way to one client.

    It shares the showing with all who are shown the same; where it stands, and how fast
    it goes, is its own.
    """

    def __init__(self, follow: Follow, showing: Showing) -> None:
        self._follow = follow
        self._audience = Audience(showing.show, showing, reads_long=True, size=_length)

    async def results(self, offer: Offer | None = None) -> AsyncGenerator[Result, None]:
        """Give its results until it ends or the generator is closed.

        Args:
            offer: Takes a result that many get at once; what it takes is not given
                here again.

        Raises:
            RequestError: The stream was refused; at any time, when the API key behind
                it is no longer valid.
        """
        telling = self._follow.tell(self._audience, offer and _shown_to(offer))
        try:
            async with aclosing(telling) as all_told:
                async for told in all_told:
                    if told.shown is not None:
                        yield told.shown
        except JobError as refused:
            raise RequestError([refusal(refused)]) from None

    def finish(self, reason: str, reconnect_after: timedelta) -> None:
        """Have it end by itself, and its client go on elsewhere."""
        self._follow.finish(reason, reconnect_after)


async def open_live(
    document: Document,
    operation_name: str | None,
    variables: Mapping[str, Any],
    context: Context,
) -> LiveOperation | ReadingOperation:
    """Accept a subscription.

    Raises:
        RequestError: The variables do not fit, or it was refused.
    """
    executor = EventExecutor.build(
        core,
        document.ast,
        context_value=context,
        raw_variable_values=dict(variables),
        operation_name=operation_name,
        hide_suggestions=context.hides_schema,
        max_coercion_errors=MAX_ERRORS,
    )
    if isinstance(executor, list):
        raise RequestError([format_error(error) for error in executor])
    opened = create_source_event_stream(executor)
    source = await opened if isawaitable(opened) else opened
    if isinstance(source, ExecutionResult):
        raise RequestError([format_error(error) for error in source.errors or ()])
    if isinstance(source, Reading):
        return ReadingOperation(source, executor, document.plans[operation_name])
    if not isinstance(source, Source):
        raise TypeError(f"A field of Subscription resolved to {source!r}.")
    showing = Showing.of(source, executor, document, variables)
    return LiveOperation(source.follow, showing)


def _length(shown: Result | None) -> int:
    return 0 if shown is None else len(shown.text)


def _shown_to(offer: Offer) -> Callable[[Told[Result | None]], bool]:
    return lambda told: told.shown is None or offer(told.shown)
