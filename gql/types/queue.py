"""Queues of internal jobs."""

from typing import Self

import strawberry

from jobwire.jobs.set_queue import QueueState


@strawberry.type(
    description=(
        "A queue of INTERNAL jobs, and how many of them may run at once, over all"
        " workers. Queues of Trigger.dev are set in Trigger.dev, also those of the same"
        " name."
    )
)
class Queue:
    """`jobwire.jobs.set_queue.QueueState`."""

    name: str = strawberry.field(
        description="The name that jobs have in queue: 1 to 120 characters."
    )
    is_paused: bool = strawberry.field(
        description="Whether none of its jobs starts; those that run go on."
    )
    limit: int | None = strawberry.field(
        description="How many of its jobs may run at once; null: no limit."
    )
    limit_per_key: int | None = strawberry.field(
        description=(
            "How many jobs with the same concurrencyKey may run at once; null: no"
            " limit. Jobs without a key are not limited by it."
        )
    )

    @classmethod
    def of(cls, state: QueueState) -> Self:
        """Show a queue."""
        return cls(
            name=state.name,
            is_paused=state.is_paused,
            limit=state.limit,
            limit_per_key=state.limit_per_key,
        )
