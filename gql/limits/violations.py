"""How large a document may be, before it is held to the schema."""

from collections.abc import Iterator

from graphql import DocumentNode, GraphQLError

from jobwire.gql.limits.exceeded import exceeded
from jobwire.gql.limits.measure import Measure, measure

#: Operations of one document, of which a request runs one.
MAX_OPERATIONS = 50
#: Levels of nested fields; introspection is exempt, it has a limit of its own.
MAX_DEPTH = 15
#: Fields of the root. This and what follows is counted as often as it is spread.
MAX_ROOTS = 50
MAX_FIELDS = 1_000
MAX_ALIASES = 100
MAX_DIRECTIVES = 100
#: Directives at one place.
MAX_DIRECTIVES_AT_ONCE = 8


def violations(document: DocumentNode) -> list[GraphQLError]:
    """Return a refusal for each limit that the document exceeds.

    It need not be valid.
    """
    measured = measure(document)
    if len(measured) > MAX_OPERATIONS:
        what = "The document has {} operations"
        return [exceeded(what, len(measured), MAX_OPERATIONS, at=document)]
    return [
        exceeded(what, found, allowed, at=operation)
        for operation, extent in measured
        for what, found, allowed in _of(extent)
        if found > allowed
    ]


def _of(extent: Measure) -> Iterator[tuple[str, int, int]]:
    spread = "With its fragments spread out the operation"
    yield f"{spread} is {{}} levels deep", extent.depth, MAX_DEPTH
    yield f"{spread} has {{}} fields at its root", extent.roots, MAX_ROOTS
    yield f"{spread} has {{}} fields", extent.fields, MAX_FIELDS
    yield f"{spread} has {{}} aliases", extent.aliases, MAX_ALIASES
    yield f"{spread} has {{}} directives", extent.directives, MAX_DIRECTIVES
    yield (
        "One place of the operation has {} directives",
        extent.directives_at_once,
        MAX_DIRECTIVES_AT_ONCE,
    )
