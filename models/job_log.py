"""`job_logs`: lines that a job's code wrote."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Integer, Text
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE

from jobwire.models.base import INSTANT, JSON, Table, check, column, one_of
from jobwire.models.vocabulary import LogLevel


class JobLog(Table, table=True):
    """One line of a job's log."""

    __tablename__: ClassVar[str] = "job_logs"
    __table_args__: ClassVar[Any] = (
        check("level_is_known", one_of("level", LogLevel)),
        check("dropped_is_positive", "dropped > 0"),
        {"comment": "Lines that the code of a job wrote."},
    )

    job_id: UUID = column(
        UUID_TYPE,
        "The job.",
        ForeignKey("worker_jobs.id", ondelete="CASCADE"),
        key=True,
    )
    id: int = column(
        BigInteger,
        "The number of the line in its job, in the order of the commits.",
        key=True,
    )
    attempt: int | None = column(Integer, "The attempt that wrote it.", null=True)
    level: str = column(Text, "How grave it is.")
    at: datetime = column(INSTANT, "When it was written, by the writer's clock.")
    message: str = column(Text, "The line.")
    fields: dict[str, Any] | None = column(JSON, "Named values beside it.", null=True)
    dropped: int | None = column(
        BigInteger,
        "How many lines were dropped here, which it stands for; null: it is a line.",
        null=True,
    )
