"""Root fields that plans read by code of their own."""

from collections.abc import Awaitable, Callable
from typing import Any

from graphql import GraphQLObjectType

from jobwire.gql.documents.plans.arguments import Arguments
from jobwire.gql.documents.plans.compiler import Member
from jobwire.gql.documents.plans.resolving import strawberry_field
from jobwire.gql.documents.plans.run import Run
from jobwire.gql.scopes import RequiresScope

#: Reads what a root field answers; it gets the context and the field's arguments.
ReadRoot = Callable[..., Awaitable[Any]]


class RootReader:
    """Resolves a root field by code of its own, behind the scope that it requires.

    Args:
        root: The type of the root.
        member: The field as it is selected.
        read: Takes the place of the field's code.
    """

    def __init__(self, root: GraphQLObjectType, member: Member, read: ReadRoot) -> None:
        field = strawberry_field(root, member.name)
        node = member.details[0].node
        self._arguments = Arguments(field, root.fields[member.name], node)
        self._scopes = [_scope(extension) for extension in field.extensions]
        self._read = read

    async def __call__(self, run: Run, _: object) -> Any:
        """Resolve the field."""
        for scope in self._scopes:
            run.context.viewer.require(scope)
        return await self._read(run.context, **self._arguments(run.variables))


def _scope(extension: object) -> Any:
    # Of anything else that wraps a field nothing is known here.
    assert isinstance(extension, RequiresScope)  # noqa: S101
    return extension.scope
