"""Plans: what answers an operation without asking anew what it says."""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import (
    DirectiveNode,
    FragmentDefinitionNode,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    Visitor,
    visit,
)

from jobwire.gql.context import Context
from jobwire.gql.documents.plans.answer import Answer, Write
from jobwire.gql.documents.plans.compiler import Compiler
from jobwire.gql.documents.plans.job_roots import ROOTS
from jobwire.gql.documents.plans.run import Run
from jobwire.gql.documents.plans.source import PlanSource
from jobwire.gql.documents.plans.unplanned import Unplanned
from jobwire.gql.documents.plans.variables import Variables

#: Choices of its conditions that an operation is compiled for.
MAX_CHOICES = 16


class Plan:
    """What answers one operation.

    It is compiled when it first runs, for each choice of what `@skip` and `@include`
    name anew. What it answers is what the executor would, to the byte; where that is
    more than it can say, above all in an answer with errors, it leaves it to that.

    Attributes:
        fields: How many fields it has compiled, for all choices.
    """

    def __init__(
        self,
        operation: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDefinitionNode],
        on_growth: Callable[[], None] = lambda: None,
    ) -> None:
        self.fields = 0
        self._on_growth = on_growth
        self._operation = operation
        self._variables = Variables(operation)
        self._fragments = fragments
        self._is_serial = operation.operation is OperationType.MUTATION
        self._conditions = _conditions(operation, *fragments.values())
        self._compiled: dict[tuple[Any, ...], list[Write] | Unplanned] = {}

    def begin(
        self, context: Context, variables: Mapping[str, Any], root: object = None
    ) -> Run:
        """Begin a run, in which nothing is done yet.

        Args:
            context: The operation's.
            variables: What the caller gave.
            root: What the root fields are resolved on.

        Raises:
            Unplanned: The variables do not fit.
        """
        return Run(context, self._variables.read(variables), root)

    async def answer(self, run: Run) -> str:
        """Run it; return the data of the answer as JSON text.

        Raises:
            Unplanned: The executor is to answer.
            Exception: A field failed, which the executor is to tell of. What a mutation
                has done by then is in `run.done`.
        """
        answer = Answer(run)
        for write in self._members(run):
            write(run.root, answer)
            if self._is_serial:
                await answer.fill()
        answer.pieces.append("}")
        await answer.fill()
        return answer.text()

    def _members(self, run: Run) -> list[Write]:
        coerced = run.variables.coerced
        choice = tuple(map(coerced.get, self._conditions))
        found = self._compiled.get(choice)
        if found is None:
            if len(self._compiled) == MAX_CHOICES:
                raise Unplanned("too many conditions")
            conditions = {
                one: coerced[one] for one in self._conditions if one in coerced
            }
            found = self._compiled[choice] = self._compile(conditions)
        if isinstance(found, Unplanned):
            raise Unplanned(found.reason)
        return found

    def _compile(self, conditions: Mapping[str, bool]) -> list[Write] | Unplanned:
        source = PlanSource(self._operation, self._fragments, conditions)
        compiler = Compiler(source, ROOTS)
        try:
            return compiler.root()
        except Unplanned as unplanned:
            return unplanned
        finally:
            self.fields += compiler.fields
            self._on_growth()


class _Conditions(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        for argument in node.arguments or ():
            if isinstance(argument.value, VariableNode):
                self.names.add(argument.value.name.value)


def _conditions(
    *nodes: OperationDefinitionNode | FragmentDefinitionNode,
) -> tuple[str, ...]:
    """Return the variables on which it depends what is selected."""
    found = _Conditions()
    for node in nodes:
        visit(node, found)
    return tuple(sorted(found.names))
