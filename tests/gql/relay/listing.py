"""A list of the schema: how it is read in pages, and how it grows."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tests.gql.client import Api

_FORWARDS = {"first": "Int", "after": "String"}
_BACKWARDS = {"last": "Int", "before": "String"}


@dataclass(frozen=True)
class Page:
    """One page of a list.

    Attributes:
        keys: What tells its items apart, in their order.
        cursors: Their cursors.
        has_next, has_previous: What it says of the rest of the list.
    """

    keys: list[Any]
    cursors: list[str]
    has_next: bool
    has_previous: bool


@dataclass(frozen=True)
class Listing:
    """A list that is read through the API.

    Attributes:
        field: Its field in the schema, as `Type.field`.
        within: The operation around it, with `LIST` where it stands.
        key: The field that tells its items apart.
        grow: Adds an item where the list grows.
        caller: Who reads it.
        id: The value of `$id`, if the operation has it.
        forwards_only: Whether it has neither last nor before.
    """

    api: Api
    field: str
    within: str
    key: str
    grow: Callable[[], Awaitable[object]]
    caller: str = "alice"
    id: str | None = None
    forwards_only: bool = False

    @property
    def name(self) -> str:
        """Its field, without the type."""
        return self.field.partition(".")[2]

    async def page(self, **arguments: Any) -> Page:
        """Read a page; what it says in several ways must agree."""
        found = await self.api.data(
            self._query(), caller=self.caller, **self._variables(arguments)
        )
        while self.name not in found:
            [found] = found.values()
        page = found[self.name]
        keys = [node[self.key] for node in page["nodes"]]
        cursors = [edge["cursor"] for edge in page["edges"]]
        info = page["pageInfo"]
        assert [edge["node"][self.key] for edge in page["edges"]] == keys
        assert info["startCursor"] == (cursors[0] if cursors else None)
        assert info["endCursor"] == (cursors[-1] if cursors else None)
        return Page(keys, cursors, info["hasNextPage"], info["hasPreviousPage"])

    async def refusal(self, **arguments: Any) -> tuple[str, list[str]]:
        """Read a page that must be refused; return the code and the argument."""
        answer = await self.api(
            self._query(), caller=self.caller, **self._variables(arguments)
        )
        [error] = answer["errors"]
        return error["extensions"]["code"], error["extensions"]["argument"]

    def _variables(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return arguments if self.id is None else {**arguments, "id": self.id}

    def _query(self) -> str:
        arguments = _FORWARDS if self.forwards_only else _FORWARDS | _BACKWARDS
        declared = {**arguments} if self.id is None else {**arguments, "id": "ID!"}
        variables = ", ".join(f"${name}: {type}" for name, type in declared.items())
        passed = ", ".join(f"{name}: ${name}" for name in arguments)
        page = (
            f"{self.name}({passed}) {{"
            f" edges {{ cursor node {{ {self.key} }} }} nodes {{ {self.key} }}"
            " pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }"
        )
        return f"query ({variables}) {{ {self.within.replace('LIST', page)} }}"
