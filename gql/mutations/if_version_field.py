"""The `ifVersion` of every input that offers it."""

from typing import Any

import strawberry


def if_version_field() -> Any:
    """Describe the version that a job must have, none by default."""
    return strawberry.field(
        default=None,
        description=(
            "Only if the job still has this version; with another one it is refused by"
            " a VersionConflictError. Absent or null: whatever it has."
        ),
    )
