"""What a stream shows: executed and written once for all who are shown the same."""

import json
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from typing import Any
from weakref import WeakValueDictionary

from graphql import Executor

from jobwire.gql.answers import answer_event
from jobwire.gql.context import Context
from jobwire.gql.documents import Document
from jobwire.gql.documents.plans import Plan
from jobwire.gql.proof import StreamProof
from jobwire.gql.result import Result
from jobwire.gql.subscriptions.source import Source
from jobwire.jobs.feed import CaughtUp, Changed, Snapshotted, StreamMessage

#: Messages that are remembered because thousands may be told them one by one, as at
#: the start and at the end of a server.
REMEMBERED = 16


class Showing:
    """What a subscription makes of the messages of a stream.

    Whoever runs the same document, with the same variables where they shape the answer,
    and may see the same, is shown the same.
    """

    def __init__(
        self, source: Source[object], executor: Executor[Any], plan: Plan
    ) -> None:
        context: Context = executor.context_value
        self._shown_as: Callable[[StreamMessage], object | None] = source.shown_as
        self._is_resumable = source.is_resumable
        self._executor = executor
        self._plan = plan
        self._proof = StreamProof(context.engine, context.viewer)
        self._remembered: OrderedDict[StreamMessage, Result | None] = OrderedDict()

    @classmethod
    def of(
        cls,
        source: Source[object],
        executor: Executor[Any],
        document: Document,
        variables: Mapping[str, Any],
    ) -> "Showing":
        """Return the one that is in use for others who are shown the same, or begin it.

        Args:
            source: What the subscription resolved to.
            executor: Runs its operation for its caller.
            document: The document of the operation.
            variables: The variables that the caller gave.
        """
        context: Context = executor.context_value
        viewer = context.viewer
        operation = executor.operation
        name = operation.name.value if operation.name else None
        shaping = sorted(document.shaping[name])
        key = (
            context.engine.feed,
            document.digest,
            name,
            json.dumps({one: variables[one] for one in shaping if one in variables}),
            viewer.wall,
            viewer.scopes,
            viewer.api_key_id,
        )
        found = _in_use.get(key)
        if found is None:
            found = _in_use[key] = cls(source, executor, document.plans[name])
        return found

    async def show(self, message: StreamMessage) -> Result | None:
        """Execute the operation for a message; None: it does not tell of it.

        Raises:
            UnauthenticatedError: The API key of those who would be shown it is no
                longer valid.
        """
        await self._proof.ensure_valid()
        if isinstance(message, Changed | Snapshotted):
            return await self._execute(message)
        if message in self._remembered:
            return self._remembered[message]
        shown = await self._execute(message)
        self._remembered[message] = shown
        if len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)
        return shown

    async def _execute(self, message: StreamMessage) -> Result | None:
        root = self._shown_as(message)
        if root is None:
            return None
        result = await answer_event(self._plan, self._executor, root)
        # Behind these messages nothing of the start is missing.
        resumes = self._is_resumable and isinstance(message, Changed | CaughtUp)
        cursor = message.cursor if resumes else None
        return replace(result, cursor=cursor)


#: Those that somebody uses.
_in_use: WeakValueDictionary[Hashable, Showing] = WeakValueDictionary()
