"""Refusals that name a limit and what was found."""

from graphql import GraphQLError, Node

from jobwire.gql.error_codes import ErrorCode

#: Doubling fragments make numbers of hundreds of digits.
_UNCOUNTABLE = 10**9


def exceeded(
    what: str, found: int, allowed: int, *, at: Node | None = None
) -> GraphQLError:
    """Make the refusal of what is larger than it may be.

    Args:
        what: What has how many, as a sentence with a place for `found` in it.
        found: How many there are.
        allowed: How many there may be.
        at: Where in the document.
    """
    shown = f"{found:,}" if found < _UNCOUNTABLE else f"more than {_UNCOUNTABLE:,}"
    return GraphQLError(
        f"{what.format(shown)}; at most {allowed:,} are allowed.",
        at,
        extensions={
            "code": ErrorCode.LIMIT_EXCEEDED.value,
            "found": min(found, _UNCOUNTABLE),
            "allowed": allowed,
        },
    )
