"""The rules that documents are validated by, within a bounded amount of work."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from graphql import (
    SKIP,
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLInputType,
    OverlappingFieldsCanBeMergedRule,
    ScalarLeafsRule,
    ValueNode,
    ValuesOfCorrectTypeRule,
    VisitorAction,
    specified_rules,
    validate,
)
from graphql.validation.validate import ValidationAbortedError
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from jobwire.gql.error_codes import ErrorCode
from jobwire.gql.limits import LiteralLengths
from jobwire.gql.schema import core

#: Errors that one document is told; finding a place in the text costs for each.
MAX_ERRORS = 20
#: Comparisons of fields that could be merged into one. Among many of one name each is
#: compared with each; this many take some 0.05 s.
MAX_COMPARISONS = 50_000
#: Characters of messages about wrong values, after which one fault of each is told.
#: They quote all of the value, and writing it costs as much as parsing it.
MAX_QUOTED = 20_000


class _FieldsCanBeMerged(OverlappingFieldsCanBeMergedRule):
    """The rule of the specification, on a smaller budget."""

    def __init__(self, context: Any) -> None:
        super().__init__(context)
        self.rule_context.remaining_complexity_budget = MAX_COMPARISONS


class _EnoughToldError(Exception):
    """What is wrong with a value was told at length."""


class _ValuesOfCorrectType(ValuesOfCorrectTypeRule):
    """The rule of the specification, which quotes a long value for few faults."""

    def __init__(self, context: Any) -> None:
        super().__init__(context)
        self._quoted = 0

    def is_valid_value_node(
        self, node: ValueNode, input_type: GraphQLInputType | None
    ) -> VisitorAction:
        with suppress(_EnoughToldError):
            super().is_valid_value_node(node, input_type)
        return SKIP

    def report_error(self, error: GraphQLError) -> None:
        super().report_error(error)
        self._quoted += len(error.message)
        if self._quoted > MAX_QUOTED:
            raise _EnoughToldError


class _ScalarLeafs(ScalarLeafsRule):
    """The rule of the specification, which suggests nothing where nothing may be."""

    def report_error(self, error: GraphQLError) -> None:
        if self.context.hide_suggestions:
            error.message = error.message.partition(" Did you mean ")[0]
        super().report_error(error)


_OURS: Mapping[type[ASTValidationRule], type[ASTValidationRule]] = {
    OverlappingFieldsCanBeMergedRule: _FieldsCanBeMerged,
    ScalarLeafsRule: _ScalarLeafs,
    ValuesOfCorrectTypeRule: _ValuesOfCorrectType,
}
_RULES = (
    *(_OURS.get(rule, rule) for rule in specified_rules),
    OneOfInputValidationRule,
    LiteralLengths,
)


def faults(
    document: DocumentNode, *, hide_suggestions: bool = False
) -> list[GraphQLError]:
    """Return how a document does not fit the schema; empty: it does.

    Args:
        document: The document.
        hide_suggestions: Suggest no names of the schema.
    """
    errors = validate(
        core,
        document,
        _RULES,
        max_errors=MAX_ERRORS,
        hide_suggestions=hide_suggestions,
    )
    if not errors or not isinstance(errors[-1], ValidationAbortedError):
        return errors
    if len(errors) > MAX_ERRORS:
        return [*errors[:-1], GraphQLError(f"There are more than {MAX_ERRORS} errors.")]
    return [*errors[:-1], _too_much_work()]


def _too_much_work() -> GraphQLError:
    return GraphQLError(
        "The document takes too much work to validate: it repeats fields of one name"
        " too often, or its fragments are nested too deeply. Select each field once.",
        extensions={"code": ErrorCode.LIMIT_EXCEEDED.value},
    )
