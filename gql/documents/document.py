"""One document that is fit to run."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self, TypeVar

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    parse,
)

from jobwire.gql.documents.introspection import introspection_fields
from jobwire.gql.documents.plans import Plan
from jobwire.gql.documents.rules import faults
from jobwire.gql.documents.variables import shaping_variables
from jobwire.gql.error_codes import ErrorCode
from jobwire.gql.limits import (
    MAX_COMMENTS,
    MAX_TOKENS,
    OperationPrice,
    VariableLengths,
    price,
    read_weights,
    repeated_variables,
    too_large,
    too_long_tokens,
    unstorable_literals,
    violations,
)
from jobwire.gql.schema import core

_WEIGHTS = read_weights(core)
#: How the parser says that it met a limit of its own.
_ABORTED = "Parsing aborted."
#: Memory, as measured: of the syntax tree, and of a plan.
_BYTES_OF_CHARACTER = 120
_BYTES_OF_FIELD = 1_700

Known = TypeVar("Known")


class DocumentError(Exception):
    """A document, or its choice of an operation, that cannot run.

    Attributes:
        errors: Why.
        code: What to call those that bring no code of their own.
    """

    def __init__(self, errors: Sequence[GraphQLError], code: ErrorCode) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = tuple(errors)
        self.code = code


class _OfEach(dict[str | None, Known]):
    """What is known of each operation, found out when it is first asked for.

    A document may have many operations that spread the same fragments, and mostly one
    of them runs.
    """

    def __init__(self, find: Callable[[str | None], Known]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, name: str | None) -> Known:
        found = self[name] = self._find(name)
        return found


@dataclass(frozen=True, slots=True)
class Document:
    """A document that fits the schema and the limits.

    Attributes:
        ast: The document as parsed.
        length: How many characters its text has.
        digest: What tells it from documents of another text.
        operations: Its operations by name; None names the one without.
        prices: By the same names, what they cost.
        lengths: By the same names, which of their variables may be too long.
        repeated: By the same names, how often each variable is used; empty: none more
            than once.
        shaping: By the names of subscriptions, the variables that shape their results.
        introspection: Its fields that ask for the schema.
        plans: By the same names as its operations, what answers them.
    """

    ast: DocumentNode
    length: int
    digest: bytes
    operations: dict[str | None, OperationDefinitionNode]
    prices: dict[str | None, OperationPrice]
    lengths: dict[str | None, VariableLengths]
    repeated: dict[str | None, Mapping[str, int]]
    shaping: dict[str | None, frozenset[str]]
    introspection: tuple[FieldNode, ...]
    plans: dict[str | None, Plan]

    @classmethod
    def read(
        cls,
        text: str,
        *,
        hide_suggestions: bool = False,
        on_growth: Callable[[], None] = lambda: None,
    ) -> Self:
        """Parse a document and hold it to the limits, then to the schema.

        Args:
            text: The document.
            hide_suggestions: Have errors suggest no names of the schema.
            on_growth: Told when one of its plans has compiled some fields.

        Raises:
            DocumentError: It is no GraphQL, exceeds a limit or does not fit.
        """
        if (refused := too_large(text)) is not None:
            raise DocumentError([refused], ErrorCode.LIMIT_EXCEEDED)
        ast = _parse(text)
        # Validation is the dearer step, so it only sees documents within the limits.
        errors = (
            violations(ast)
            or too_long_tokens(text, ast)
            or unstorable_literals(text, ast)
            or faults(ast, hide_suggestions=hide_suggestions)
        )
        if errors:
            raise DocumentError(errors, ErrorCode.VALIDATION_FAILED)
        operations = {
            definition.name.value if definition.name else None: definition
            for definition in ast.definitions
            if isinstance(definition, OperationDefinitionNode)
        }
        fragments = {
            definition.name.value: definition
            for definition in ast.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        return cls(
            ast,
            len(text),
            hashlib.sha256(text.encode(errors="surrogatepass")).digest(),
            operations,
            _OfEach(lambda name: price(core, _WEIGHTS, ast, operations[name])),
            _OfEach(lambda name: VariableLengths(core, operations[name])),
            _OfEach(lambda name: repeated_variables(ast, operations[name])),
            _OfEach(lambda name: shaping_variables(ast, operations[name])),
            introspection_fields(text, ast),
            _OfEach(lambda name: Plan(operations[name], fragments, on_growth)),
        )

    @property
    def size(self) -> int:
        """How many bytes it takes by now, with its plans; about."""
        fields = sum(plan.fields for plan in self.plans.values())
        return self.length * _BYTES_OF_CHARACTER + fields * _BYTES_OF_FIELD

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """Choose the operation to run.

        Args:
            name: Its name; None or empty: the only one.

        Raises:
            DocumentError: There is none of that name, or none of several was named.
        """
        if name:
            found = self.operations.get(name)
            reason = "The document has no operation of the name that was asked for."
        else:
            found = next(iter(self.operations.values()), None)
            reason = "The document has no operation."
            if len(self.operations) > 1:
                found = None
                reason = (
                    f"The document has {len(self.operations)} operations: say which"
                    " one to run with operationName."
                )
        if found is None:
            raise DocumentError(
                [GraphQLError(reason)], ErrorCode.OPERATION_RESOLUTION_FAILURE
            )
        return found


def _parse(text: str) -> DocumentNode:
    try:
        return parse(
            text,
            max_lexical_tokens=MAX_TOKENS,
            max_comments=MAX_COMMENTS,
            # A draft allows them; the specification of September 2025 does not.
            allow_empty_selection_sets=False,
        )
    except GraphQLSyntaxError as error:
        is_limit = error.message.endswith(_ABORTED)
        code = ErrorCode.LIMIT_EXCEEDED if is_limit else ErrorCode.PARSE_FAILED
        raise DocumentError([error], code) from None
