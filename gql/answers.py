"""Answers: by the plan of an operation, and by the executor where that leaves off."""

import logging
from collections.abc import Callable, Mapping
from inspect import isawaitable
from typing import Any

from graphql import (
    ExecutionResult,
    Executor,
    GraphQLResolveInfo,
    OperationDefinitionNode,
    execute,
    execute_subscription_event,
)
from graphql.pyutils import AwaitableOrValue

from jobwire.gql.context import Context
from jobwire.gql.documents import MAX_ERRORS, Document
from jobwire.gql.documents.plans import Plan, Run, Unplanned
from jobwire.gql.result import Result, to_response
from jobwire.gql.schema import core

log = logging.getLogger(__name__)


async def answer(
    document: Document,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
    context: Context,
) -> Result:
    """Answer a query or a mutation.

    Raises:
        RequestError: The variables do not fit; nothing ran.
    """
    name = operation.name.value if operation.name else None
    plan = document.plans[name]
    done: Mapping[str, Any] = {}
    context.begin_answer()
    try:
        run = plan.begin(context, variables)
        done = run.done
        return _planned(await plan.answer(run), context)
    except Exception as error:  # noqa: BLE001 - the executor runs into it, and tells
        failure = error
    context.begin_answer()
    executed = execute(
        core,
        document.ast,
        context_value=context,
        variable_values=dict(variables),
        operation_name=name,
        hide_suggestions=context.hides_schema,
        max_coercion_errors=MAX_ERRORS,
        middleware=[not_again(done)] if done else None,
    )
    return await _executed(executed, failure, context)


async def answer_event(plan: Plan, executor: Executor[Any], root: object) -> Result:
    """Answer an event of a subscription.

    Args:
        plan: That of its operation.
        executor: Runs the operation for whom it is answered.
        root: What the root field is resolved on.
    """
    subscribed: Context = executor.context_value
    context = subscribed.of_event()
    context.begin_answer()
    try:
        run = Run(context, executor.variable_values, root)
        return _planned(await plan.answer(run), context)
    except Exception as error:  # noqa: BLE001 - the executor runs into it, and tells
        failure = error
    context.begin_answer()
    answering = executor.build_per_event_executor(root)
    answering.context_value = context
    executed = execute_subscription_event(answering)
    return await _executed(executed, failure, context)


def _planned(data: str, context: Context) -> Result:
    result = Result.from_plan(data)
    context.on_answer(None)
    return result


async def _executed(
    executed: AwaitableOrValue[ExecutionResult], failure: Exception, context: Context
) -> Result:
    """Return what the executor answers after a plan has not."""
    result = await executed if isawaitable(executed) else executed
    reason = "an answer with errors"
    if isinstance(failure, Unplanned):
        reason = failure.reason
    elif not result.errors:
        log.warning(
            "the executor answered what a plan has failed at",
            exc_info=failure,
            extra={"action": "plan-failed"},
        )
    context.on_answer(reason)
    return Result.of(to_response(result), unplanned=reason)


def not_again(done: Mapping[str, Any]) -> Callable[..., Any]:
    """Have the executor take what was done for the fields of a mutation."""

    def resolve(
        resolve: Callable[..., Any],
        source: Any,
        info: GraphQLResolveInfo[Context],
        **arguments: Any,
    ) -> Any:
        key = str(info.path.key)
        if info.path.prev is not None or key not in done:
            return resolve(source, info, **arguments)
        outcome = done[key]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return resolve
