"""Other ways to write a document that means the same, or less of it."""

import json
from random import Random
from typing import Any

from graphql import (
    ArgumentNode,
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    NamedTypeNode,
    NameNode,
    Node,
    ObjectFieldNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    TypeInfo,
    TypeInfoVisitor,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    parse_type,
    print_ast,
    value_from_ast_untyped,
    visit,
)

from tests.gql.any_operation import SCHEMA


def rewrite(text: str, random: Random) -> tuple[str, dict[str, Any]]:
    """Rewrite a document of one operation, with variables, fragments and conditions.

    Args:
        text: The document, with neither of them.
        random: What it depends on.

    Returns:
        The document, and the values of its variables.
    """
    document = parse(text)
    types = TypeInfo(SCHEMA)
    rewriting = _Rewriting(types, random)
    written: DocumentNode = visit(document, TypeInfoVisitor(types, rewriting))
    [operation] = written.definitions
    assert isinstance(operation, OperationDefinitionNode)
    whole = DocumentNode(
        definitions=(
            OperationDefinitionNode(
                operation=operation.operation,
                name=operation.name,
                directives=operation.directives,
                selection_set=operation.selection_set,
                variable_definitions=tuple(rewriting.definitions),
            ),
            *rewriting.fragments,
        )
    )
    return print_ast(whole), rewriting.values


class _Rewriting(Visitor):
    def __init__(self, types: TypeInfo, random: Random) -> None:
        super().__init__()
        self._types = types
        self._random = random
        self.definitions: list[VariableDefinitionNode] = []
        self.fragments: list[FragmentDefinitionNode] = []
        self.values: dict[str, Any] = {}

    def _one_of(self, chances: int) -> bool:
        return self._random.randrange(chances) == 0

    def enter_argument(self, node: ArgumentNode, *_: object) -> Node | None:
        if not self._one_of(2):
            return None
        return ArgumentNode(name=node.name, value=self._variable(node.value))

    def enter_object_field(self, node: ObjectFieldNode, *_: object) -> Node | None:
        if self._types.get_input_type() is None or not self._one_of(6):
            return None
        return ObjectFieldNode(name=node.name, value=self._variable(node.value))

    def leave_field(self, node: FieldNode, *_: object) -> Node | None:
        alias, directives = node.alias, list(node.directives or ())
        if self._one_of(6):
            alias = NameNode(value=f"alias{self._random.randrange(10**9)}")
        if self._one_of(8):
            directives.append(self._condition())
        return FieldNode(
            name=node.name,
            alias=alias,
            arguments=node.arguments,
            directives=tuple(directives),
            selection_set=node.selection_set,
        )

    def leave_selection_set(self, node: SelectionSetNode, *_: object) -> Node | None:
        selections = list(node.selections)
        parent = self._types.get_parent_type()
        assert parent is not None
        if self._one_of(6):
            selections.insert(
                self._random.randrange(len(selections) + 1),
                FieldNode(name=NameNode(value="__typename")),
            )
        if self._one_of(6):
            # The same once more is merged with what is there.
            selections.append(self._random.choice(selections))
        if self._one_of(4):
            begin = self._random.randrange(len(selections))
            end = self._random.randrange(begin, len(selections)) + 1
            selections[begin:end] = [self._fragment(parent.name, selections[begin:end])]
        return SelectionSetNode(selections=tuple(selections))

    def _fragment(self, type: str, inner: list[SelectionNode]) -> SelectionNode:
        condition = NamedTypeNode(name=NameNode(value=type))
        selected = SelectionSetNode(selections=tuple(inner))
        directives = (self._condition(),) if self._one_of(3) else ()
        if self._one_of(2):
            return InlineFragmentNode(
                type_condition=condition if self._one_of(2) else None,
                directives=directives,
                selection_set=selected,
            )
        name = NameNode(value=f"Fragment{len(self.fragments)}")
        self.fragments.append(
            FragmentDefinitionNode(
                name=name,
                type_condition=condition,
                directives=(),
                selection_set=selected,
            )
        )
        return FragmentSpreadNode(name=name, directives=directives)

    def _condition(self) -> DirectiveNode:
        value: ValueNode = BooleanValueNode(value=self._one_of(2))
        if self._one_of(2):
            value = self._define("Boolean!", self._one_of(2))
        return DirectiveNode(
            name=NameNode(value=self._random.choice(["skip", "include"])),
            arguments=(ArgumentNode(name=NameNode(value="if"), value=value),),
        )

    def _variable(self, value: ValueNode) -> ValueNode:
        """Put a variable in the place of a literal, unless that holds one."""
        if "$" in print_ast(value).replace('"', ""):
            return value
        return self._define(
            str(self._types.get_input_type()), value_from_ast_untyped(value)
        )

    def _define(self, type: str, value: Any) -> VariableNode:
        variable = VariableNode(name=NameNode(value=f"variable{len(self.definitions)}"))
        self.definitions.append(
            VariableDefinitionNode(
                variable=variable,
                type=parse_type(type),
                default_value=None,
                directives=(),
            )
        )
        self.values[variable.name.value] = json.loads(json.dumps(value))
        return variable
