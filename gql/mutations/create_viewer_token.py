"""`createViewerToken`: a token that a back end gives a browser."""

from datetime import datetime, timedelta
from typing import Annotated

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.cost import COMMAND
from jobwire.gql.errors import RefusalsAsData
from jobwire.gql.global_ids import parse_job_id
from jobwire.gql.mutations.errors_field import errors_field
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.user_error import UserError
from jobwire.jobs import viewer_token
from jobwire.jobs.errors import NotFoundError
from jobwire.jobs.iso8601 import format_duration
from jobwire.jobs.viewer import Scope
from jobwire.jobs.viewer_token import MAX_TTL


@strawberry.input(
    description=(
        "What the token reads, and for how long. Exactly one of userId and jobId must"
        " be given."
    )
)
class CreateViewerTokenInput:
    """A user or a job, and a time."""

    user_id: strawberry.ID | None = strawberry.field(
        default=None,
        description=(
            "The user whose jobs it reads, 1 to 255 characters; they need not have"
            " any yet. Absent or null: jobId says what it reads."
        ),
    )
    job_id: strawberry.ID | None = strawberry.field(
        default=None,
        description=(
            "The one job that it reads, by its id or its bare UUID; it then sees"
            " nothing else of the job's user. Absent or null: userId says what it"
            " reads."
        ),
    )
    ttl: timedelta = strawberry.field(
        description=(
            "How long it is valid: more than zero and at most"
            f" {format_duration(MAX_TTL)}."
        )
    )


@strawberry.type(description="What createViewerToken made.")
class CreateViewerTokenPayload:
    """A token, or refusals."""

    token: str | None = strawberry.field(
        default=None,
        description=(
            "The token, to be sent like any other; it is told this once. Null when"
            " refused."
        ),
    )
    expires_at: datetime | None = strawberry.field(
        default=None,
        description=(
            "When it ends: now and ttl, rounded up to a whole second; streams that it"
            " opened end then, too. Null when refused."
        ),
    )
    errors: list[UserError] = errors_field()


async def resolve_create_viewer_token(
    info: Info,
    input: Annotated[
        CreateViewerTokenInput,
        strawberry.argument(description="What the token reads, and for how long."),
    ],
) -> CreateViewerTokenPayload:
    """Resolve `createViewerToken`."""
    job_id = None if input.job_id is None else parse_job_id(input.job_id)
    if input.job_id is not None and job_id is None:
        raise NotFoundError(input.job_id, path=("jobId",))
    engine = info.context.engine
    async with info.context.database.connection() as connection:
        created = await viewer_token.create_viewer_token(
            connection,
            sign=engine.sign_viewer,
            viewer=info.context.viewer,
            ttl=input.ttl,
            now=engine.clock.now(),
            user_id=input.user_id,
            job_id=job_id,
        )
    return CreateViewerTokenPayload(token=created.token, expires_at=created.expires_at)


create_viewer_token = strawberry.mutation(
    resolver=resolve_create_viewer_token,
    description=(
        "Make a short-lived token for a browser: it reads, as with the scope"
        " JOBS_READ, the jobs of one user or one job alone, and never changes anything."
        " It is not kept and cannot be revoked: give it minutes. Refused by a"
        " NotConfiguredError where JOBWIRE_AUTH_SECRET is not set."
    ),
    extensions=[
        RequiresScope(Scope.ADMIN),
        RefusalsAsData(lambda errors: CreateViewerTokenPayload(errors=errors)),
    ],
    directives=[COMMAND],
)
