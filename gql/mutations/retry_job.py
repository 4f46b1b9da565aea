"""`retryJob`: run a job that has ended once more."""

from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from jobwire.gql.context import Info
from jobwire.gql.cost import COMMAND
from jobwire.gql.errors import RefusalsAsData
from jobwire.gql.global_ids import read_job_id
from jobwire.gql.mutations.changed_job import changed_job
from jobwire.gql.mutations.errors_field import errors_field
from jobwire.gql.mutations.schedule_job_input import RunTimeInput
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.job import Job
from jobwire.gql.types.user_error import UserError
from jobwire.jobs.doorbell import Topic
from jobwire.jobs.retry import SAME_DATA, retry
from jobwire.jobs.viewer import Scope


@strawberry.input(description="The job to run again.")
class RetryJobInput:
    """A job."""

    id: strawberry.ID = strawberry.field(
        description="The id of a job that has ended, or its bare UUID."
    )
    data: JSON | None = strawberry.field(
        default=strawberry.UNSET,
        description=(
            "Other data than those of the old job, at most 512 KiB of JSON that fits"
            " the type's dataSchema; absent: the same. Null is an empty object."
        ),
    )
    when: RunTimeInput | None = strawberry.field(
        default=None, description="When to run it; absent or null: at once."
    )


@strawberry.type(description="What retryJob did.")
class RetryJobPayload:
    """A new job, or refusals."""

    job: Job | None = strawberry.field(
        default=None,
        description="The new job, whose replayOf is the old one; null when refused.",
    )
    errors: list[UserError] = errors_field()


async def resolve_retry_job(
    info: Info,
    input: Annotated[
        RetryJobInput, strawberry.argument(description="The job to run again.")
    ],
) -> RetryJobPayload:
    """Resolve `retryJob`."""
    job_id = read_job_id(input.id)
    engine = info.context.engine
    async with info.context.database.transaction() as connection:
        row = await retry(
            connection,
            job_id,
            registry=engine.registry,
            viewer=info.context.viewer,
            now=engine.clock.now(),
            data=SAME_DATA if input.data is strawberry.UNSET else input.data,
            when=RunTimeInput.resolve(input.when),
            policy=engine.policy,
        )
    engine.doorbell.ring(Topic.WORK, Topic.CHANGE)
    return RetryJobPayload(job=await changed_job(info, row))


retry_job = strawberry.mutation(
    resolver=resolve_retry_job,
    description=(
        "Run a job that has ended once more, as a new job with the same tag, type,"
        " user, data, metadata, priority, queue, concurrencyKey, retry configuration"
        " and maxDuration, and without an idempotencyKey. The old one stays as it is."
    ),
    extensions=[
        RequiresScope(Scope.JOBS_WRITE),
        RefusalsAsData(lambda errors: RetryJobPayload(errors=errors)),
    ],
    directives=[COMMAND],
)
