"""Expected refusals of mutations, as data."""

from datetime import timedelta
from uuid import UUID

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.resolved import resolved
from jobwire.gql.scopes import Scope
from jobwire.gql.types.executor import Executor
from jobwire.gql.types.job import Job
from jobwire.gql.types.job_status import JobStatus


@strawberry.interface(
    description=(
        "An expected refusal of a mutation; nothing was changed. Members of this"
        " interface may be added: always select message and code."
    )
)
class UserError:
    """What all refusals have."""

    message: str = strawberry.field(
        description="What was expected, what was found and what to do, for people."
    )
    code: str = strawberry.field(description="A stable, upper-case word, for programs.")
    path: list[str] | None = strawberry.field(
        description=(
            'Where in the arguments, outermost first, for example ["input", "tag"];'
            " null when it is nowhere in particular."
        )
    )


@strawberry.type(
    description=(
        "The input does not fit. The code is VALIDATION, or UNKNOWN_TYPE when no job"
        " type of that name is registered."
    )
)
class ValidationError(UserError):
    """`InvalidInputError` and its leaves."""


@strawberry.type(
    description=(
        "There is no such job, job schedule or bulk operation, or none that the caller"
        " may see. The code is NOT_FOUND."
    )
)
class NotFoundError(UserError):
    """`NotFoundError`."""

    id: strawberry.ID = strawberry.field(description="The id that was asked for.")


@strawberry.type(
    description=(
        "The caller may not do this. The code is FORBIDDEN, or UNAUTHENTICATED when"
        " nobody is known to be asking."
    )
)
class ForbiddenError(UserError):
    """`ForbiddenError` and `UnauthenticatedError`."""

    required_scope: Scope | None = strawberry.field(
        description="The scope that is missing; null when no scope would do."
    )


@strawberry.type(
    description=(
        "The status of the job does not allow what was asked. The code is"
        " INVALID_STATE."
    )
)
class InvalidStateError(UserError):
    """`InvalidStateError`."""

    current_status: JobStatus = strawberry.field(
        description="The status of the job when it was asked."
    )
    allowed: list[JobStatus] = strawberry.field(
        description="The statuses that would allow it."
    )


@strawberry.type(
    description=(
        "The job has changed since it was read: it does not have the version of"
        " ifVersion any more. The code is VERSION_CONFLICT."
    )
)
class VersionConflictError(UserError):
    """`VersionConflictError`."""

    current_version: int = strawberry.field(
        description="The version of the job when it was asked."
    )


@strawberry.type(
    description=(
        "The idempotency key stands for a request with another input. The code is"
        " IDEMPOTENCY_CONFLICT."
    )
)
class IdempotencyConflictError(UserError):
    """`IdempotencyConflictError`."""

    job_id: strawberry.Private[UUID]
    differing_fields: list[str] = strawberry.field(
        description="The members of the input that differ, sorted by name."
    )

    @resolved("The job that has the key; null when it was deleted meanwhile.")
    async def existing_job(self, info: Info) -> Job | None:
        """Read the job."""
        row = await info.context.read_job(self.job_id)
        return None if row is None else Job.of(row)


@strawberry.type(
    description=(
        "The selection holds another number of jobs than expected. The code is"
        " COUNT_MISMATCH."
    )
)
class CountMismatchError(UserError):
    """`CountMismatchError`."""

    expected: int = strawberry.field(description="The expectedCount of the request.")
    actual: int = strawberry.field(description="How many jobs the selection held.")


@strawberry.type(
    description=(
        "This installation lacks the setting that it takes; the message names it. The"
        " code is NOT_CONFIGURED."
    )
)
class NotConfiguredError(UserError):
    """`NotConfiguredError`."""


@strawberry.type(
    description=(
        "The executor cannot be used from here, or not now. The code is"
        " EXECUTOR_UNAVAILABLE."
    )
)
class ExecutorError(UserError):
    """`ExecutorUnavailableError`."""

    executor: Executor = strawberry.field(description="Which executor.")
    is_retryable: bool = strawberry.field(
        description="Whether the same request may succeed later."
    )


@strawberry.type(
    description=(
        "The caller has started as many operations as a minute allows; each field of a"
        " mutation counts as one. The code is RATE_LIMITED."
    )
)
class RateLimitedError(UserError):
    """`RateLimitedError`."""

    retry_after: timedelta = strawberry.field(
        description="When the same request may be made again, at the earliest."
    )
