"""`queue_slots`: which running job takes which place of a queue with limits."""

from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, Integer, Text
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE

from jobwire.models.base import Table, check, column


class QueueSlot(Table, table=True):
    """One place that is taken: of the queue, or of one key within it.

    A place is numbered, so that no two jobs can ever take the same one.
    """

    __tablename__: ClassVar[str] = "queue_slots"
    __table_args__: ClassVar[Any] = (
        check("number_is_positive", "number > 0"),
        Index("ix_queue_slots_job_id", "job_id"),
        {
            "comment": "The places of queues with limits that running jobs take.",
            "postgresql_with": {
                "autovacuum_vacuum_scale_factor": 0,
                "autovacuum_vacuum_threshold": 1000,
            },
        },
    )

    queue: str = column(Text, "The queue.", key=True)
    key: str = column(
        Text, "The concurrency key that is limited; empty: the whole queue.", key=True
    )
    number: int = column(
        Integer, "The place, from 1; above the limit after that was lowered.", key=True
    )
    # No foreign key: it would lock the job's row at each claim. What ends an attempt
    # deletes the slots of its job, and a sweep those that were left.
    job_id: UUID = column(UUID_TYPE, "The job that runs there.")
