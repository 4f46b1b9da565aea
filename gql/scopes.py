"""Scopes on fields: printed into the SDL, and enforced by the same declaration."""

from enum import Enum
from inspect import isasyncgen
from typing import Any

import strawberry
from strawberry.extensions import FieldExtension
from strawberry.schema_directive import Location
from strawberry.types.field import StrawberryField

from jobwire.gql.context import Info
from jobwire.jobs.viewer import Scope as ViewerScope


@strawberry.enum(
    name="Scope",
    description="A permission of a caller. ADMIN implies all others.",
)
class Scope(Enum):
    """A permission, with the word of tokens as its value."""

    JOBS_READ = strawberry.enum_value(
        ViewerScope.JOBS_READ.value,
        description="Read and watch jobs; in tokens: jobs:read.",
    )
    JOBS_WRITE = strawberry.enum_value(
        ViewerScope.JOBS_WRITE.value,
        description="Schedule, cancel, retry and delete jobs; in tokens: jobs:write.",
    )
    SCHEDULES_WRITE = strawberry.enum_value(
        ViewerScope.SCHEDULES_WRITE.value,
        description="Change the schedules of jobs; in tokens: schedules:write.",
    )
    ADMIN = strawberry.enum_value(
        ViewerScope.ADMIN.value,
        description=(
            "Everything, on the jobs of every user, with stacks of failures and with"
            " what is secret; in tokens: admin."
        ),
    )


#: What the SDL says of the directive's argument.
SCOPE_ARGUMENTS = {
    "scope": "The scope that the caller's token must hold; ADMIN implies it."
}


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="requiresScope",
    description=(
        "The scope that a caller needs for the field. Without it a query or a"
        " subscription is answered by an error with the code FORBIDDEN, a mutation by"
        " a ForbiddenError in its payload, and a field of an object by null."
    ),
)
class RequiresScopeDirective:
    """`@requiresScope`, as the SDL shows it."""

    scope: Scope = strawberry.directive_field(name="scope")


class RequiresScope(FieldExtension):
    """Resolves a field only for callers with a scope.

    Attributes:
        scope: The scope.

    Args:
        scope: The scope.
        hides: Answer null to others, for nullable fields of objects; otherwise refuse.

    Raises:
        ForbiddenError: From the field, when the scope is missing and it does not hide.
    """

    def __init__(self, scope: ViewerScope, *, hides: bool = False) -> None:
        self.scope = scope
        self._hides = hides

    def apply(self, field: StrawberryField) -> None:
        """Print the directive on the field."""
        field.directives = [
            *field.directives,
            RequiresScopeDirective(scope=Scope(self.scope.value)),
        ]

    def resolve(self, next_: Any, source: Any, info: Info, **kwargs: Any) -> Any:
        """Resolve a field whose resolver is a plain function."""
        if self._hidden(info):
            return None
        return next_(source, info, **kwargs)

    async def resolve_async(
        self, next_: Any, source: Any, info: Info, **kwargs: Any
    ) -> Any:
        """Resolve a field whose resolver is a coroutine, or open its stream."""
        if self._hidden(info):
            return None
        resolved = next_(source, info, **kwargs)
        return resolved if isasyncgen(resolved) else await resolved

    def _hidden(self, info: Info) -> bool:
        viewer = info.context.viewer
        if self._hides:
            return not viewer.has(self.scope)
        viewer.require(self.scope)
        return False
