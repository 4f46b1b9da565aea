"""Where jobs run."""

from enum import Enum

import strawberry

from jobwire.models.vocabulary import Executor as Place


@strawberry.enum(name="Executor", description="Where a job runs. Members may be added.")
class Executor(Enum):
    """The published part of `jobwire.models.vocabulary.Executor`."""

    INTERNAL = strawberry.enum_value(
        Place.INTERNAL.value, description="On the workers of this installation."
    )
    TRIGGER = strawberry.enum_value(
        Place.TRIGGER.value, description="As a run of a task on Trigger.dev."
    )
