"""One operation answered twice: by its plan, and by the executor."""

from collections.abc import Mapping
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

from graphql import execute

from jobwire.gql import json_codec
from jobwire.gql.answers import not_again
from jobwire.gql.context import Context
from jobwire.gql.documents import prepare
from jobwire.gql.result import RequestError, to_response
from jobwire.gql.schema import core
from jobwire.jobs.engine import Engine
from jobwire.jobs.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Both:
    """Two answers of one operation.

    Attributes:
        planned: That of the plan as JSON text; None: it left it to the executor.
        executed: That of the executor.
        unplanned: Why the plan did not answer.
        has_errors: Whether the executor's answer has errors.
    """

    planned: str | None
    executed: str
    unplanned: Exception | None
    has_errors: bool

    @property
    def is_same(self) -> bool:
        """Whether they are the same, or only the executor can answer, with errors."""
        if self.planned is None:
            return self.has_errors
        return self.planned == self.executed


async def both(
    engine: Engine, viewer: Viewer, text: str, variables: Mapping[str, Any]
) -> Both:
    """Answer an operation by its plan, and once more by the executor.

    What a mutation does it does once: the executor is given what the plan was.
    """
    document = prepare(text)
    [operation] = document.operations
    plan = document.plans[operation]
    context = Context(engine, viewer)
    context.begin_answer()
    planned, unplanned, done = None, None, {}
    try:
        run = plan.begin(context, variables)
        done = run.done
        planned = f'{{"data":{await plan.answer(run)}}}'
    except Exception as error:  # noqa: BLE001 - whatever it is, the executor meets it
        unplanned = error
    context.begin_answer()
    executed = execute(
        core,
        document.ast,
        context_value=context,
        variable_values=dict(variables),
        middleware=[not_again(done)] if done else None,
    )
    result = await executed if isawaitable(executed) else executed
    try:
        response = to_response(result)
    except RequestError as refused:
        return Both(planned, repr(refused), unplanned, has_errors=True)
    return Both(
        planned,
        json_codec.encode(response),
        unplanned,
        has_errors="errors" in response,
    )
