"""Running operations: from a request to results that clients may see."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, Self, cast

from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLFormattedError,
    OperationDefinitionNode,
    OperationType,
    execute,
    subscribe,
)

from jobwire.gql.context import Context
from jobwire.gql.documents import Document, DocumentError, prepare
from jobwire.gql.errors import format_error, refusal
from jobwire.gql.limits import unstorable_variable
from jobwire.gql.proof import StreamProof
from jobwire.gql.schema import core
from jobwire.jobs.errors import JobError

#: One result, as JSON.
Response = dict[str, Any]


class MalformedRequestError(Exception):
    """A JSON value that is no GraphQL request."""


class RequestError(Exception):
    """A request that was refused before anything ran.

    Attributes:
        errors: Why, as clients may see it.
    """

    def __init__(self, errors: list[GraphQLFormattedError]) -> None:
        super().__init__("; ".join(error["message"] for error in errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks to run.

    Attributes:
        query: The document.
        variables: The values of its variables, by name.
        operation_name: Which of its operations; None: the only one.
    """

    query: str
    variables: dict[str, Any]
    operation_name: str | None

    @classmethod
    def read(cls, parameters: Mapping[str, Any]) -> Self:
        """Read the parameters of a request; members that are not known are ignored.

        Raises:
            MalformedRequestError: One is missing or of another type.
        """
        query = parameters.get("query")
        variables = parameters.get("variables")
        operation_name = parameters.get("operationName")
        extensions = parameters.get("extensions")
        if not isinstance(query, str):
            raise MalformedRequestError("query must be a string with the document.")
        if variables is not None and not isinstance(variables, dict):
            raise MalformedRequestError("variables must be an object or null.")
        if operation_name is not None and not isinstance(operation_name, str):
            raise MalformedRequestError("operationName must be a string or null.")
        if extensions is not None and not isinstance(extensions, dict):
            raise MalformedRequestError("extensions must be an object or null.")
        return cls(query, variables or {}, operation_name)


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation that is fit to run."""

    document: Document
    definition: OperationDefinitionNode
    variables: dict[str, Any]

    @classmethod
    def choose(cls, request: Request) -> Self:
        """Prepare the operation of a request.

        Raises:
            RequestError: The document, the choice or the variables cannot be run.
        """
        try:
            document = prepare(request.query)
            definition = document.operation(request.operation_name)
        except DocumentError as refused:
            raise RequestError(
                [format_error(error, code=refused.code) for error in refused.errors]
            ) from None
        refused_name = unstorable_variable(request.variables)
        if refused_name is not None:
            raise RequestError(
                [
                    format_error(
                        GraphQLError(
                            f"The variable ${_printable(refused_name)} must not hold"
                            " NUL characters or lone surrogates."
                        )
                    )
                ]
            )
        return cls(document, definition, request.variables)

    @property
    def is_subscription(self) -> bool:
        """Whether it has many results."""
        return self.definition.operation is OperationType.SUBSCRIPTION

    @property
    def is_mutation(self) -> bool:
        """Whether it changes something."""
        return self.definition.operation is OperationType.MUTATION

    async def run(self, context: Context) -> Response:
        """Run a query or a mutation.

        Raises:
            RequestError: The variables do not fit; nothing ran.
        """
        result = execute(core, self.document.ast, **self._arguments(context))
        return _response(await result if isawaitable(result) else result)

    async def stream(self, context: Context) -> AsyncGenerator[Response, None]:
        """Run a subscription until it ends or the generator is closed.

        Raises:
            RequestError: The variables do not fit, or the stream was refused; at any
                time, when the API key behind it is no longer valid.
        """
        proof = StreamProof(context.engine, context.viewer)
        source = subscribe(core, self.document.ast, **self._arguments(context))
        results = await source if isawaitable(source) else source
        if isinstance(results, ExecutionResult):
            raise RequestError([format_error(error) for error in results.errors or ()])
        # graphql-core promises an iterator, and returns a generator that can be closed.
        stream = cast("AsyncGenerator[ExecutionResult, None]", results)
        async with aclosing(stream):
            try:
                async for result in stream:
                    await proof.ensure_valid()
                    yield _response(result)
            except JobError as refused:
                raise RequestError([refusal(refused)]) from None

    async def results(self, context: Context) -> AsyncGenerator[Response, None]:
        """Give the one result of a query or mutation, or the many of a subscription.

        Raises:
            RequestError: As `run` and `stream` do.
        """
        if not self.is_subscription:
            yield await self.run(context)
            return
        async with aclosing(self.stream(context)) as results:
            async for result in results:
                yield result

    def _arguments(self, context: Context) -> dict[str, Any]:
        name = self.definition.name
        return {
            "context_value": context,
            "variable_values": self.variables,
            "operation_name": name.value if name else None,
        }


def _response(result: ExecutionResult) -> Response:
    errors = [format_error(error) for error in result.errors or ()]
    # What failed in a field has its path; without one, nothing was run.
    if result.data is None and all(error.path is None for error in result.errors or ()):
        raise RequestError(errors)
    return {"data": result.data, "errors": errors} if errors else {"data": result.data}


def _printable(name: str) -> str:
    return name.encode("ascii", "backslashreplace").decode()
