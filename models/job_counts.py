"""`job_counts`, `job_recounts` and `job_counts_state`: how many jobs stand where.

They follow the event log: `job_counts` holds what the events up to the snapshot of
`job_counts_state` come to. Whoever adds what is visible behind that snapshot has the
exact counts, however late the tables are.
"""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Text
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE

from jobwire.models.base import INSTANT, Table, Xid8, check, column, one_of
from jobwire.models.vocabulary import Executor, JobStatus

#: Counts change again and again in place: room on each page keeps them HOT.
_CHANGES_IN_PLACE = {
    "fillfactor": 50,
    "autovacuum_vacuum_scale_factor": 0.05,
    "autovacuum_vacuum_cost_delay": 0,
}
_EVERYBODY = "Whose jobs; empty: those of all users together."


class JobCount(Table, table=True):
    """How many jobs of one user, type, executor and queue have one status."""

    __tablename__: ClassVar[str] = "job_counts"
    __table_args__: ClassVar[Any] = (
        check("executor_is_known", one_of("executor", Executor)),
        check("status_is_known", one_of("status", JobStatus)),
        {
            "comment": "How many jobs stand where, as of job_counts_state.",
            "postgresql_with": _CHANGES_IN_PLACE,
        },
    )

    user_id: str = column(Text, _EVERYBODY, key=True)
    type: str = column(Text, "The name of their code.", key=True)
    executor: str = column(Text, "Where they run.", key=True)
    queue: str = column(Text, "The queue that they wait in.", key=True)
    status: str = column(Text, "Where they stand.", key=True)
    count: int = column(BigInteger, "How many; deleted ones are not counted.")


class JobRecount(Table, table=True):
    """The same, counted anew from the jobs themselves, as far as that has come."""

    __tablename__: ClassVar[str] = "job_recounts"
    __table_args__: ClassVar[Any] = (
        check("executor_is_known", one_of("executor", Executor)),
        check("status_is_known", one_of("status", JobStatus)),
        {
            "comment": "What job_counts is compared with while jobs are counted anew.",
            "postgresql_with": _CHANGES_IN_PLACE,
        },
    )

    user_id: str = column(Text, _EVERYBODY, key=True)
    type: str = column(Text, "The name of their code.", key=True)
    executor: str = column(Text, "Where they run.", key=True)
    queue: str = column(Text, "The queue that they wait in.", key=True)
    status: str = column(Text, "Where they stand.", key=True)
    count: int = column(BigInteger, "How many of the jobs up to recounted_to.")


class JobCountsState(Table, table=True):
    """The one row that says which events are in the counts."""

    __tablename__: ClassVar[str] = "job_counts_state"
    __table_args__: ClassVar[Any] = (
        check("there_is_one_row", "only_row"),
        {
            "comment": "Which events are in job_counts; one row.",
            "postgresql_with": _CHANGES_IN_PLACE,
        },
    )

    only_row: bool = column(Boolean, "Always true.", key=True, default="true")
    system_identifier: str | None = column(
        Text, "The cluster whose transactions snapshot names.", null=True
    )
    database_oid: int | None = column(BigInteger, "The database within it.", null=True)
    snapshot: str | None = column(
        Text, "A pg_snapshot: the events that it sees are counted.", null=True
    )
    partial_xid: int = column(
        Xid8,
        "The one transaction that snapshot does not see and that is counted in part.",
        default="'0'",
    )
    partial_id: int = column(BigInteger, "Its last event that is counted.", default="0")
    foreign_id: int = column(
        BigInteger,
        "Events up to it that snapshot did not see at first are of another cluster.",
        default="0",
    )
    is_complete: bool = column(
        Boolean, "Whether every job has been counted once.", default="false"
    )
    recounted_to: UUID | None = column(
        UUID_TYPE, "Jobs up to it are in job_recounts; null: no recount.", null=True
    )
    recounted_at: datetime | None = column(
        INSTANT, "When all jobs were last counted anew.", null=True
    )
    epoch: UUID | None = column(
        UUID_TYPE, "The epoch of the log in which that began.", null=True
    )
