"""Fields of rows that plans read for all rows at once, by code of their own."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from graphql import GraphQLObjectType

from jobwire.gql.documents.plans.arguments import Arguments
from jobwire.gql.documents.plans.compiler import Member
from jobwire.gql.documents.plans.resolving import strawberry_field
from jobwire.gql.documents.plans.run import Run


class Loader:
    """Loads a field of rows.

    Args:
        kind: The type that has the field.
        member: The field as it is selected.
        read: Takes the place of the field's code; it gets the context, the rows and the
            field's arguments, and returns what is shown of each row.
    """

    def __init__(
        self,
        kind: GraphQLObjectType,
        member: Member,
        read: Callable[..., Awaitable[Sequence[Any]]],
    ) -> None:
        field = strawberry_field(kind, member.name)
        # Whatever wraps the code would be passed by.
        assert not field.extensions  # noqa: S101
        node = member.details[0].node
        self._arguments = Arguments(field, kind.fields[member.name], node)
        self._read = read

    async def __call__(self, run: Run, rows: Sequence[Any]) -> Sequence[Any]:
        """Load what is shown of each of the rows, in their order."""
        return await self._read(run.context, rows, **self._arguments(run.variables))
