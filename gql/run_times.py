"""When a cron fires next, as far as anybody may ask."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice, takewhile
from typing import Annotated

import strawberry

from jobwire.gql.context import Context
from jobwire.jobs.errors import InvalidInputError

#: The most instants that one field tells.
MAX_RUN_TIMES = 50
#: How far ahead they are looked for. A Sunday that is the 29th of February comes so
#: seldom that fifty of them take fifteen centuries, and 0.1 s to be found.
_HORIZON = timedelta(days=36_525)

Count = Annotated[
    int,
    strawberry.argument(
        description=(
            f"How many instants at most, 0 to {MAX_RUN_TIMES}; none is more than 100"
            " years ahead."
        )
    ),
]


def check_count(count: int) -> None:
    """Refuse to tell more instants than is quick.

    Raises:
        InvalidInputError: It is out of range.
    """
    if not 0 <= count <= MAX_RUN_TIMES:
        raise InvalidInputError(
            f"count must be from 0 to {MAX_RUN_TIMES}, not {count:,}.", path=("count",)
        )


async def run_times(
    ticks: Iterator[datetime], count: int, context: Context
) -> list[datetime]:
    """Return the first ticks within a hundred years.

    Args:
        ticks: Rising, from now on.
        count: How many at most.
        context: The operation that asks for them.
    """
    # It may ask for very many of them: others have their turn in between.
    await context.turn()
    horizon = context.engine.clock.now() + _HORIZON
    return list(islice(takewhile(lambda tick: tick <= horizon, ticks), count))
