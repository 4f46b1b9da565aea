"""The schema, and its print in `schema.graphql`."""

from collections.abc import Iterator
from functools import cache

import strawberry
from graphql import (
    GraphQLArgument,
    GraphQLInputField,
    GraphQLOneOfDirective,
    GraphQLSchema,
    Undefined,
    is_input_object_type,
    is_interface_type,
    is_object_type,
)
from strawberry.printer import print_schema as print_strawberry_schema
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.name_converter import NameConverter
from strawberry.schema_directives import OneOf

from jobwire.gql.cost import COST_ARGUMENTS
from jobwire.gql.mutations.mutation import Mutation
from jobwire.gql.queries.query import Query
from jobwire.gql.scalars import SCALARS
from jobwire.gql.scopes import SCOPE_ARGUMENTS
from jobwire.gql.subscriptions.subscription import Subscription
from jobwire.gql.types.job_attempt import JobAttempt
from jobwire.gql.types.job_event import JobEvent
from jobwire.gql.types.user_error import (
    CountMismatchError,
    ExecutorError,
    ForbiddenError,
    IdempotencyConflictError,
    InvalidStateError,
    NotConfiguredError,
    NotFoundError,
    RateLimitedError,
    ValidationError,
    VersionConflictError,
)


class _Names(NameConverter):
    """Names as Strawberry makes them, made once: it asks for each with each call."""

    @cache  # noqa: B019 - there is only one of them
    def apply_naming_config(self, name: str) -> str:
        """Return the name that the schema has for a name of ours."""
        return super().apply_naming_config(name)


# Never sort_schema=True: it rebuilds the types, and enums and unions, which are told
# by identity, then fail at run time. The printer sorts what it prints.
schema = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[
        JobAttempt,
        JobEvent,
        CountMismatchError,
        ExecutorError,
        ForbiddenError,
        IdempotencyConflictError,
        InvalidStateError,
        NotConfiguredError,
        NotFoundError,
        RateLimitedError,
        ValidationError,
        VersionConflictError,
    ],
    config=StrawberryConfig(scalar_map=SCALARS, name_converter=_Names()),
)

#: The same schema as graphql-core executes it.
core: GraphQLSchema = schema._schema  # noqa: SLF001 - Strawberry has no other way to it


def _inputs() -> Iterator[GraphQLArgument | GraphQLInputField]:
    """Yield every argument and every field of an input object."""
    for kind in core.type_map.values():
        if is_input_object_type(kind):
            yield from kind.fields.values()
        elif is_object_type(kind) or is_interface_type(kind):
            for field in kind.fields.values():
                yield from field.args.values()


# To Python a parameter that may be left out has the default None; to clients that
# would read as the default null, where there is none.
for _input in _inputs():
    if _input.default_value is None:
        _input.default_value = Undefined

# Strawberry has no place for the descriptions of a schema directive's arguments.
for _name, _arguments in {"requiresScope": SCOPE_ARGUMENTS, **COST_ARGUMENTS}.items():
    if (_directive := core.get_directive(_name)) is not None:
        for _argument, _description in _arguments.items():
            _directive.args[_argument].description = _description

# To introspection it is graphql-core's; Strawberry prints one of its own, undescribed.
_one_of = schema._schema_graphql_directives[OneOf]  # noqa: SLF001 - as above
_one_of.description = GraphQLOneOfDirective.description


def print_schema() -> str:
    """Print the schema in SDL: types by name, their members as declared."""
    return f"{print_strawberry_schema(schema)}\n"
