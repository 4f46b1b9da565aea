"""`setQueue`: pause, resume or limit a queue."""

from typing import Annotated, Any

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.cost import COMMAND
from jobwire.gql.errors import RefusalsAsData
from jobwire.gql.mutations.errors_field import errors_field
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.queue import Queue
from jobwire.gql.types.user_error import UserError
from jobwire.jobs.doorbell import Topic
from jobwire.jobs.queue import MAX_LIMIT
from jobwire.jobs.set_queue import UNCHANGED
from jobwire.jobs.set_queue import set_queue as change
from jobwire.jobs.viewer import Scope


@strawberry.input(description="What shall hold for a queue of INTERNAL jobs.")
class SetQueueInput:
    """A queue and what to change of it."""

    name: str = strawberry.field(
        description=(
            "The queue: 1 to 120 letters, digits and . _ : / -. It need not have had a"
            " job."
        )
    )
    is_paused: bool | None = strawberry.field(
        default=None,
        description=(
            "true: none of its jobs starts any more, those that run go on; false: they"
            " start again; absent or null: as it is."
        ),
    )
    limit: int | None = strawberry.field(
        default=strawberry.UNSET,
        description=(
            f"How many of its jobs may run at once: 1 to {MAX_LIMIT:,}; null: no limit;"
            " absent: as it is. While more run than a lowered limit, none starts."
        ),
    )
    limit_per_key: int | None = strawberry.field(
        default=strawberry.UNSET,
        description=(
            "How many jobs with the same concurrencyKey may run at once: 1 to"
            f" {MAX_LIMIT:,}; null: no limit; absent: as it is."
        ),
    )


@strawberry.type(description="What setQueue did.")
class SetQueuePayload:
    """A queue, or refusals."""

    queue: Queue | None = strawberry.field(
        default=None, description="The queue as it is now; null when refused."
    )
    errors: list[UserError] = errors_field()


async def resolve_set_queue(
    info: Info,
    input: Annotated[
        SetQueueInput,
        strawberry.argument(
            description="What shall hold for a queue of INTERNAL jobs."
        ),
    ],
) -> SetQueuePayload:
    """Resolve `setQueue`."""
    engine = info.context.engine
    async with info.context.database.transaction() as connection:
        state = await change(
            connection,
            input.name,
            viewer=info.context.viewer,
            now=engine.clock.now(),
            is_paused=input.is_paused,
            limit=_given(input.limit),
            limit_per_key=_given(input.limit_per_key),
        )
    engine.doorbell.ring(Topic.WORK)
    return SetQueuePayload(queue=Queue.of(state))


def _given(limit: int | None) -> Any:
    return UNCHANGED if limit is strawberry.UNSET else limit


set_queue = strawberry.mutation(
    resolver=resolve_set_queue,
    description=(
        "Pause or resume a queue of INTERNAL jobs, or change its limits; it holds from"
        " now on, on all workers. Limits that code declares by Queue(…) are set again"
        " only when the code declares others."
    ),
    extensions=[
        RequiresScope(Scope.ADMIN),
        RefusalsAsData(lambda errors: SetQueuePayload(errors=errors)),
    ],
    directives=[COMMAND],
)
