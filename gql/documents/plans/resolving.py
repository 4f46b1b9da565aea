"""How fields are resolved: by an attribute of the object, or by code."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from operator import attrgetter
from typing import Any, TypeAlias, TypeGuard

from graphql import GraphQLObjectType, GraphQLResolveInfo, GraphQLResolveInfoHelpers
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import Path
from strawberry.extensions.field_extension import build_field_extension_resolvers
from strawberry.types.field import StrawberryField

from jobwire.gql.context import Info
from jobwire.gql.documents.plans.arguments import Arguments
from jobwire.gql.documents.plans.run import Run
from jobwire.gql.documents.plans.source import PlanSource
from jobwire.gql.schema import core, schema


async def _gather(awaited: Sequence[Awaitable[Any]]) -> list[Any]:
    return await asyncio.gather(*awaited)


#: None of our fields has work that goes on behind it.
_HELPERS = GraphQLResolveInfoHelpers(gather=_gather, track=lambda _: None)

#: Resolves a field of an object in a run; what it answers may have to be awaited.
Resolve: TypeAlias = Callable[[Run, Any], Any]


class Resolver:
    """The code of a field, with the arguments that the operation gives it.

    They are read once in a run, not for each object. What wraps the code, such as a
    demand for a scope, is kept; where nothing does, the code is called directly.
    """

    def __init__(
        self, source: PlanSource, parent: GraphQLObjectType, details: FieldDetailsList
    ) -> None:
        self._source = source
        self._parent = parent
        self._nodes = [one.node for one in details]
        self._definition = parent.fields[self._nodes[0].name.value]
        self._field = strawberry_field(parent, self._nodes[0].name.value)
        self._arguments = Arguments(self._field, self._definition, self._nodes[0])
        self._wrapped = _within_extensions(self._field)

    def __call__(self, run: Run, value: Any) -> Any:
        """Resolve the field of an object."""
        return run.bound(self, self._bind)(value)

    def _bind(self, run: Run) -> Callable[[Any], Any]:
        node, definition = self._nodes[0], self._definition
        info = GraphQLResolveInfo(
            field_name=node.name.value,
            field_nodes=self._nodes,
            return_type=definition.type,
            parent_type=self._parent,
            path=Path(None, node.name.value, self._parent.name),
            schema=core,
            fragments=dict(self._source.fragments),
            root_value=run.root,
            operation=self._source.operation,
            variable_values=run.variables,
            context=run.context,
            is_awaitable=is_awaitable,
            abort_signal=None,
            async_helpers=_HELPERS,
        )
        shown = schema.config.info_class(_raw_info=info, _field=self._field)
        arguments = self._arguments(run.variables)
        if (wrapped := self._wrapped) is not None:
            return lambda value: wrapped(value, shown, **arguments)
        code = self._field.base_resolver
        assert code is not None  # noqa: S101 - what is an attribute alone has no Resolver
        if code.info_parameter is not None:
            arguments[code.info_parameter.name] = shown
        function: Callable[..., Any] = code.wrapped_func  # type: ignore[assignment]  # ours are functions
        resolve = partial(function, **arguments)
        return resolve if code.self_parameter else lambda _: resolve()


def _within_extensions(field: StrawberryField) -> Callable[..., Any] | None:
    """Return the code of a field with all that wraps it; None: nothing does.

    It takes the object, the info and the arguments, as extensions do.
    """
    if not field.extensions:
        return None
    resolve = _alone(field)
    extensions: list[Callable[..., Any]] = build_field_extension_resolvers(field)
    for extension in extensions:
        resolve = partial(extension, resolve)
    return resolve


def _alone(field: StrawberryField) -> Callable[..., Any]:
    """Return the code of a field, or what reads it, as extensions call it."""
    code = field.base_resolver
    if code is None:
        read = attrgetter(field.python_name)
        return lambda value, _: read(value)
    function: Callable[..., Any] = code.wrapped_func  # type: ignore[assignment]  # ours are functions
    of_info = None if code.info_parameter is None else code.info_parameter.name
    of_object = code.self_parameter

    def resolve(value: Any, info: Info, **arguments: Any) -> Any:
        if of_info is not None:
            arguments[of_info] = info
        return function(value, **arguments) if of_object else function(**arguments)

    return resolve


def recorded(key: str, resolve: Resolve) -> Resolve:
    """Have a run record what becomes of a field of a mutation: it is done only once."""

    async def record(run: Run, awaited: Awaitable[Any]) -> Any:
        try:
            run.done[key] = await awaited
        except Exception as error:
            run.done[key] = error
            raise
        return run.done[key]

    return lambda run, value: record(run, resolve(run, value))


def strawberry_field(parent: GraphQLObjectType, name: str) -> StrawberryField:
    """Return the field of our own that a field of the schema was made of."""
    field: StrawberryField = parent.fields[name].extensions["strawberry-definition"]
    return field


def attribute(field: StrawberryField) -> Callable[[Any], Any] | None:
    """Return what reads a field that is an attribute; None: it has code."""
    return attrgetter(field.python_name) if field.is_basic_field else None


def is_awaitable(value: Any) -> TypeGuard[Awaitable[Any]]:
    """Whether a value has to be awaited."""
    return hasattr(type(value), "__await__")
