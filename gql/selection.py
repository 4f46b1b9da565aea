"""What an operation selects, for what is only read when it is asked for."""

from collections.abc import Iterable

from strawberry.types.nodes import SelectedField, Selection


def selects(selections: Iterable[Selection], name: str) -> bool:
    """Whether a field of that name is selected anywhere below, in any type."""
    return any(
        (isinstance(selection, SelectedField) and selection.name == name)
        or selects(selection.selections, name)
        for selection in selections
    )
