"""Fields with a resolver, for Strawberry under strict typing."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import strawberry
from strawberry.extensions import FieldExtension

F = TypeVar("F", bound=Callable[..., Any])


def resolved(
    description: str,
    *,
    extensions: Sequence[FieldExtension] = (),
    directives: Sequence[object] = (),
    graphql_type: Any = None,
) -> Callable[[F], F]:
    """Make a method the resolver of the field of its name.

    Args:
        description: What the published schema says of the field.
        extensions: What wraps the resolver, the innermost first.
        directives: What the published schema says of it beside that.
        graphql_type: What it answers, where the annotation cannot say so; None: what
            the annotation says.
    """
    return cast(
        "Callable[[F], F]",
        strawberry.field(
            description=description,
            extensions=list(extensions),
            directives=list(directives),
            graphql_type=graphql_type,
        ),
    )
