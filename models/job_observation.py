"""`job_observations`: what was said of a job, counted, beside the event log."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, ForeignKey, Integer, Text
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE

from jobwire.models.base import INSTANT, JSON, Table, check, column, one_of
from jobwire.models.vocabulary import SignalSource


class JobObservation(Table, table=True):
    """How often one path said one thing of one try; late words are kept only here."""

    __tablename__: ClassVar[str] = "job_observations"
    __table_args__: ClassVar[Any] = (
        check("source_is_known", one_of("source", SignalSource)),
        check("count_is_positive", "count > 0"),
        {"comment": "What was said of jobs, counted; late words are kept only here."},
    )

    job_id: UUID = column(
        UUID_TYPE,
        "The job.",
        ForeignKey("worker_jobs.id", ondelete="CASCADE"),
        key=True,
    )
    source: str = column(Text, "Which path brought it.", key=True)
    dispatch_number: int = column(Integer, "Of which dispatch.", key=True)
    attempt: int = column(
        Integer, "Of which attempt; 0: of none, or not told.", key=True
    )
    word: str = column(Text, "The status, in the word of its source.", key=True)
    count: int = column(BigInteger, "How often it was said.", default="1")
    applied: bool = column(Boolean, "Whether it ever moved the job.", default="false")
    first_at: datetime = column(INSTANT, "When it was first said.")
    last_at: datetime = column(INSTANT, "When it was last said.")
    detail: Any = column(JSON, "What came with it, as last said.", null=True)
