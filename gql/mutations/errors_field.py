"""The `errors` of every payload."""

from typing import Any

import strawberry


def errors_field() -> Any:
    """Describe a payload's list of refusals, empty by default."""
    return strawberry.field(
        default_factory=list,
        description=(
            "Why it was refused; empty when it was done. When it is not empty, nothing"
            " was changed."
        ),
    )
