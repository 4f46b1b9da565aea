"""What a request may cost, found before it runs, without expanding its fragments.

All are functions of what is asked and of the schema: each limit names itself, what was
found and what is allowed.
"""

from jobwire.gql.limits.exceeded import exceeded
from jobwire.gql.limits.inputs import (
    MAX_LIST,
    MAX_MEMBERS,
    MAX_STRING,
    LiteralLengths,
    VariableLengths,
)
from jobwire.gql.limits.measure import Measure, measure
from jobwire.gql.limits.price import OperationPrice, price
from jobwire.gql.limits.repeats import (
    MAX_REPEATED,
    repeated_variables,
    too_much_repeated,
)
from jobwire.gql.limits.source import (
    MAX_COMMENTS,
    MAX_LENGTH,
    MAX_LINES,
    MAX_NAME,
    MAX_TOKENS,
    too_large,
    too_long_tokens,
)
from jobwire.gql.limits.text import unstorable_literals, unstorable_variable
from jobwire.gql.limits.violations import (
    MAX_ALIASES,
    MAX_DEPTH,
    MAX_DIRECTIVES,
    MAX_DIRECTIVES_AT_ONCE,
    MAX_FIELDS,
    MAX_OPERATIONS,
    MAX_ROOTS,
    violations,
)
from jobwire.gql.limits.weights import read_weights

#: Units that one operation may cost.
MAX_COST = 5_000

__all__ = [
    "MAX_ALIASES",
    "MAX_COMMENTS",
    "MAX_COST",
    "MAX_DEPTH",
    "MAX_DIRECTIVES",
    "MAX_DIRECTIVES_AT_ONCE",
    "MAX_FIELDS",
    "MAX_LENGTH",
    "MAX_LINES",
    "MAX_LIST",
    "MAX_MEMBERS",
    "MAX_NAME",
    "MAX_OPERATIONS",
    "MAX_REPEATED",
    "MAX_ROOTS",
    "MAX_STRING",
    "MAX_TOKENS",
    "LiteralLengths",
    "Measure",
    "OperationPrice",
    "VariableLengths",
    "exceeded",
    "measure",
    "price",
    "read_weights",
    "repeated_variables",
    "too_large",
    "too_long_tokens",
    "too_much_repeated",
    "unstorable_literals",
    "unstorable_variable",
    "violations",
]
