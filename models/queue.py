"""`queues`: queues of internal jobs that somebody gave limits or paused."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Boolean, Integer, Text

from jobwire.models.base import INSTANT, JSON, Table, check, column


class Queue(Table, table=True):
    """What holds for a queue; one without a row has no limits."""

    __tablename__: ClassVar[str] = "queues"
    __table_args__: ClassVar[Any] = (
        check("name_has_1_to_120_characters", "char_length(name) BETWEEN 1 AND 120"),
        check("max_running_is_positive", "max_running > 0"),
        check("max_running_per_key_is_positive", "max_running_per_key > 0"),
        {"comment": "Queues of internal jobs that have limits or are paused."},
    )

    name: str = column(Text, "The queue, as in worker_jobs.queue.", key=True)
    is_paused: bool = column(Boolean, "No attempt of its jobs begins.", default="false")
    max_running: int | None = column(
        Integer, "How many of its jobs may run at once; null: no limit.", null=True
    )
    max_running_per_key: int | None = column(
        Integer, "The same for each concurrency key; null: no limit.", null=True
    )
    declared: dict[str, Any] | None = column(
        JSON,
        "{limit, limitPerKey} as code last declared them; null: it never did.",
        null=True,
    )
    updated_at: datetime = column(INSTANT, "When it was last set or declared.")
