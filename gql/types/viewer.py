"""The caller."""

from datetime import datetime
from typing import Self

import strawberry

from jobwire.gql.scopes import Scope
from jobwire.jobs import viewer
from jobwire.jobs.identifiers import job_id_text


@strawberry.type(description="The caller of this operation.")
class Viewer:
    """Who asks."""

    user_id: strawberry.ID = strawberry.field(
        description="The user whose jobs the caller sees and schedules."
    )
    scopes: list[Scope] = strawberry.field(
        description="What the caller may do, in the order of the enum."
    )
    job_id: strawberry.ID | None = strawberry.field(
        description=(
            "The one job that the caller may read, as its token says; null when it is"
            " not bound to one."
        )
    )
    expires_at: datetime | None = strawberry.field(
        description="When the caller's token ends; null when it does not."
    )

    @classmethod
    def of(cls, caller: viewer.Viewer) -> Self:
        """Show the caller."""
        return cls(
            user_id=strawberry.ID(caller.user_id),
            scopes=[
                scope for scope in Scope if viewer.Scope[scope.name] in caller.scopes
            ],
            job_id=(
                None
                if caller.job_id is None
                else strawberry.ID(job_id_text(caller.job_id))
            ),
            expires_at=caller.expires_at,
        )
