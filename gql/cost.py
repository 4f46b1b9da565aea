"""What fields cost, declared where they are and printed into the SDL.

The words are those of the cost directives that gateways and servers share
(ibm.github.io/graphql-specs/cost-spec.html), so that tools can read them. One unit is
about one row that is read or written.
"""

import strawberry
from strawberry.schema_directive import Location

#: What the SDL says of the directives' arguments, by directive and argument.
COST_ARGUMENTS = {
    "cost": {"weight": "Units, beside those of what the field selects."},
    "listSize": {
        "assumedSize": "How many items are counted where no argument says it.",
        "slicingArguments": (
            "Arguments, or members of them after a dot, that say how many: by their"
            " number, or by the length of their list. The largest counts."
        ),
        "sizedFields": "Fields of what is answered that hold the items.",
    },
}


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="cost",
    description=(
        "What a field costs by itself. An object costs 1, and what is selected of it;"
        " scalars cost nothing. An operation that costs too much is refused before it"
        " runs, with its price."
    ),
)
class Cost:
    """`@cost`, as the SDL shows it."""

    weight: int


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="listSize",
    description=(
        "How many items a list may have, each of which costs what is selected of it."
        " Where it is not said, a list counts as one item."
    ),
)
class ListSize:
    """`@listSize`, as the SDL shows it."""

    assumed_size: int | None = strawberry.UNSET
    slicing_arguments: list[str] | None = strawberry.UNSET
    sized_fields: list[str] | None = strawberry.UNSET


#: Pages of a connection. Without first and last their default counts.
PAGES = ListSize(slicing_arguments=["first", "last"], sized_fields=["edges", "nodes"])
#: Pages that are read forwards only.
FORWARD_PAGES = ListSize(slicing_arguments=["first"], sized_fields=["edges", "nodes"])
#: What needs a statement of its own for each object that it belongs to.
OWN_STATEMENT = Cost(weight=5)
#: What writes.
COMMAND = Cost(weight=10)
