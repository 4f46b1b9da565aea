"""`deleteJob`: erase a job that has ended."""

from typing import Annotated

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.cost import COMMAND
from jobwire.gql.errors import RefusalsAsData
from jobwire.gql.global_ids import GlobalId, Kind, read_job_id
from jobwire.gql.mutations.errors_field import errors_field
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.user_error import UserError
from jobwire.jobs.delete import delete
from jobwire.jobs.doorbell import Topic
from jobwire.jobs.viewer import Scope


@strawberry.input(description="The job to delete.")
class DeleteJobInput:
    """A job."""

    id: strawberry.ID = strawberry.field(
        description="The id of a job that has ended, or its bare UUID."
    )


@strawberry.type(description="What deleteJob did.")
class DeleteJobPayload:
    """The id of a job that is no more, or refusals."""

    deleted_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The id of the job, under which nothing is found any more; null"
        " when refused.",
    )
    errors: list[UserError] = errors_field()


async def resolve_delete_job(
    info: Info,
    input: Annotated[
        DeleteJobInput, strawberry.argument(description="The job to delete.")
    ],
) -> DeleteJobPayload:
    """Resolve `deleteJob`."""
    job_id = read_job_id(input.id)
    engine = info.context.engine
    async with info.context.database.transaction() as connection:
        await delete(
            connection, job_id, viewer=info.context.viewer, now=engine.clock.now()
        )
    engine.doorbell.ring(Topic.CHANGE)
    return DeleteJobPayload(deleted_id=strawberry.ID(str(GlobalId(Kind.JOB, job_id))))


delete_job = strawberry.mutation(
    resolver=resolve_delete_job,
    description=(
        "Erase a job that has ended, for good: its data, result, failure texts,"
        " progress, metadata, tag, logs and idempotency key, and what its events and"
        " posted events held. It is then hidden everywhere, and its idempotency key is"
        " free. Lists that are watched are told by a last change with the event DELETED"
        " and leftFilter. An open job is refused with an InvalidStateError: cancel it"
        " first. Jobs that retry it stay, and so does what Trigger.dev keeps of its"
        " run."
    ),
    extensions=[
        RequiresScope(Scope.JOBS_WRITE),
        RefusalsAsData(lambda errors: DeleteJobPayload(errors=errors)),
    ],
    directives=[COMMAND],
)
