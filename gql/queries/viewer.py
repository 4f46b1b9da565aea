"""`viewer`: the caller."""

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.types.viewer import Viewer


def resolve_viewer(info: Info) -> Viewer:
    """Resolve `viewer`."""
    return Viewer.of(info.context.viewer)


viewer = strawberry.field(
    resolver=resolve_viewer,
    description="The caller: the user, the scopes and how long they hold.",
)
