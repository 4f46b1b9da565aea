"""What a document may cost, found before it runs, without expanding its fragments."""

from jobwire.gql.limits.measure import Measure, measure
from jobwire.gql.limits.text import unstorable_literals, unstorable_variable
from jobwire.gql.limits.violations import (
    MAX_DEPTH,
    MAX_FIELDS,
    MAX_TOKENS,
    violations,
)

__all__ = [
    "MAX_DEPTH",
    "MAX_FIELDS",
    "MAX_TOKENS",
    "Measure",
    "measure",
    "unstorable_literals",
    "unstorable_variable",
    "violations",
]
