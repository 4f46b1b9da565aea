"""The limits of a document, and the refusals that name them."""

from graphql import DocumentNode, GraphQLError, OperationDefinitionNode

from jobwire.gql.error_codes import ErrorCode
from jobwire.gql.limits.measure import measure

#: Names, punctuators and values of a document; the parser stops there.
MAX_TOKENS = 10_000
#: Levels of nested fields; introspection is exempt, it has a limit of its own.
MAX_DEPTH = 15
#: Fields of one operation, each counted as often as its fragment is spread.
MAX_FIELDS = 1_000
_UNCOUNTABLE = 10**9


def violations(document: DocumentNode) -> list[GraphQLError]:
    """Return a refusal for each limit that an operation of the document exceeds."""
    return [
        error
        for operation, found in measure(document)
        for error in (
            _exceeded("levels deep", found.depth, MAX_DEPTH, operation),
            _exceeded("fields large", found.fields, MAX_FIELDS, operation),
        )
        if error is not None
    ]


def _exceeded(
    what: str, found: int, allowed: int, operation: OperationDefinitionNode
) -> GraphQLError | None:
    if found <= allowed:
        return None
    # Doubling fragments make numbers of hundreds of digits.
    shown = f"{found:,}" if found < _UNCOUNTABLE else f"more than {_UNCOUNTABLE:,}"
    return GraphQLError(
        f"With its fragments spread out the operation is {shown} {what}; at most"
        f" {allowed:,} are allowed.",
        operation,
        extensions={"code": ErrorCode.LIMIT_EXCEEDED.value},
    )
