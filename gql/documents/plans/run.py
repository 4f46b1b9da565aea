"""One run of a plan."""

from collections.abc import Callable, Hashable
from typing import Any

from graphql.execution.values import VariableValues

from jobwire.gql.context import Context


class Run:
    """What the parts of a plan share while it runs.

    Attributes:
        context: The operation's.
        variables: The values of its variables.
        root: What its root fields are resolved on.
        done: What became of the fields of a mutation, by their keys: what they answered
            or what they raised.
    """

    __slots__ = ("_bound", "context", "done", "root", "variables")

    def __init__(
        self, context: Context, variables: VariableValues, root: object = None
    ) -> None:
        self.context = context
        self.variables = variables
        self.root = root
        self.done: dict[str, Any] = {}
        self._bound: dict[Hashable, Callable[[Any], Any]] = {}

    def bound(
        self, code: Hashable, bind: "Callable[[Run], Callable[[Any], Any]]"
    ) -> Callable[[Any], Any]:
        """Return code with its arguments, which are the same for all objects."""
        found = self._bound.get(code)
        if found is None:
            found = self._bound[code] = bind(self)
        return found
