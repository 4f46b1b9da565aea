"""Running operations: from a request to results that clients may see."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import timedelta
from typing import Any, Self

from graphql import GraphQLError, OperationDefinitionNode, OperationType

from jobwire.asgi.timeouts import Timeout
from jobwire.gql.answers import answer
from jobwire.gql.context import Context
from jobwire.gql.documents import Document, DocumentError, DocumentPolicy
from jobwire.gql.errors import format_error
from jobwire.gql.limits import (
    MAX_COST,
    exceeded,
    too_much_repeated,
    unstorable_variable,
)
from jobwire.gql.live import LiveOperation, Offer, open_live
from jobwire.gql.reading import ReadingOperation
from jobwire.gql.request import Request
from jobwire.gql.result import (
    DeadlineError,
    RequestError,
    Result,
)
from jobwire.jobs.viewer import Viewer


class Operation:
    """An operation that is fit to run.

    Attributes:
        document: What it stands in.
        definition: What it says.
        variables: What its caller gave.
        name: Its name; None: it has none.
        is_subscription: Whether it has many results.
        is_mutation: Whether it changes something.
    """

    def __init__(
        self,
        document: Document,
        definition: OperationDefinitionNode,
        variables: dict[str, Any],
    ) -> None:
        self.document = document
        self.definition = definition
        self.variables = variables
        self.name = definition.name.value if definition.name else None
        self.is_subscription = definition.operation is OperationType.SUBSCRIPTION
        self.is_mutation = definition.operation is OperationType.MUTATION

    @classmethod
    def choose(cls, request: Request, policy: DocumentPolicy, viewer: Viewer) -> Self:
        """Prepare the operation of a request, for its caller.

        Raises:
            RequestError: The document, the choice or the variables cannot be run.
        """
        try:
            document = policy.prepare(request, viewer)
            definition = document.operation(request.operation_name)
        except DocumentError as unfit:
            raise RequestError(
                [format_error(error, code=unfit.code) for error in unfit.errors]
            ) from None
        chosen = cls(document, definition, request.variables)
        if (refused := chosen._refusal()) is not None:
            raise RequestError([format_error(refused)])
        return chosen

    def _refusal(self) -> GraphQLError | None:
        """Return the refusal of what its variables make too large; None: nothing."""
        refused = self.document.lengths[self.name].refusal(self.variables)
        if refused is not None:
            return refused
        name = unstorable_variable(self.variables)
        if name is not None:
            return GraphQLError(
                f"The variable ${_printable(name)} must not hold NUL characters or lone"
                " surrogates."
            )
        price = self.document.prices[self.name]
        if repeated := self.document.repeated[self.name]:
            values = {**price.defaults, **self.variables}
            refused = too_much_repeated(repeated, values, self.definition)
            if refused is not None:
                return refused
        cost = price.of(self.variables)
        if cost > MAX_COST:
            return exceeded(
                "The operation would cost {}", cost, MAX_COST, at=self.definition
            )
        return None

    async def run(self, context: Context, patience: Timeout | None = None) -> Result:
        """Run a query or a mutation.

        Args:
            context: What it works with.
            patience: How long it may take; None: until the deadline of the context.

        Raises:
            RequestError: The variables do not fit; nothing ran.
            DeadlineError: It did not end in time.
        """
        try:
            with patience or Timeout(context.deadline):
                return await answer(
                    self.document, self.definition, self.variables, context
                )
        except TimeoutError:
            raise DeadlineError(
                context.deadline, is_mutation=self.is_mutation
            ) from None


class Running:
    """An operation that runs for one client."""

    def __init__(self, operation: Operation, context: Context) -> None:
        self._operation = operation
        self._context = context
        self._live: LiveOperation | ReadingOperation | None = None
        self._end: tuple[str, timedelta] | None = None

    async def results(self, offer: Offer | None = None) -> AsyncGenerator[Result, None]:
        """Give the one result of a query or mutation, or the many of a subscription.

        Args:
            offer: Takes a result that many get at once; what it takes is not given
                here again.

        Raises:
            RequestError: The variables do not fit, or the stream was refused; at any
                time, when the API key behind it is no longer valid.
            DeadlineError: A query or a mutation did not end in time.
        """
        operation = self._operation
        if not operation.is_subscription:
            yield await operation.run(self._context)
            return
        self._live = await open_live(
            operation.document, operation.name, operation.variables, self._context
        )
        if self._end is not None:
            self._live.finish(*self._end)
        async with aclosing(self._live.results(offer)) as results:
            async for result in results:
                yield result

    def finish(self, reason: str, reconnect_after: timedelta) -> None:
        """Have a subscription end by itself, and its client go on elsewhere."""
        self._end = (reason, reconnect_after)
        if self._live is not None:
            self._live.finish(reason, reconnect_after)


def _printable(name: str) -> str:
    return name.encode("ascii", "backslashreplace").decode()
