"""Things with an id of their own."""

import strawberry


@strawberry.interface(
    description="A thing that node(id:) finds again by its id, as Relay defines it."
)
class Node:
    """Relay's node."""

    id: strawberry.ID = strawberry.field(
        description="An opaque id, unique among all nodes and never reused."
    )
