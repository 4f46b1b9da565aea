"""`job_attempts`: one row per try."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Integer, Text
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE

from jobwire.models.base import INSTANT, JSON, Table, among, check, column
from jobwire.models.vocabulary import AttemptStatus, FailureKind


class JobAttempt(Table, table=True):
    """One try at a job."""

    __tablename__: ClassVar[str] = "job_attempts"
    __table_args__: ClassVar[Any] = (
        check("status_is_known", among("status", AttemptStatus)),
        check("failure_kind_is_known", among("failure_kind", FailureKind)),
        check("number_is_positive", "number > 0"),
        check(
            "finished_at_is_set_exactly_when_ended",
            "(finished_at IS NULL) = (status = 'RUNNING')",
        ),
        {
            "comment": "One row per try at a job.",
            # Each changes once, when it ends.
            "postgresql_with": {"fillfactor": 70},
        },
    )

    job_id: UUID = column(
        UUID_TYPE,
        "The job.",
        ForeignKey("worker_jobs.id", ondelete="CASCADE"),
        key=True,
    )
    number: int = column(Integer, "1 for the first try.", key=True)
    status: str = column(Text, "How it stands.")
    fence: int = column(BigInteger, "The job's fence while this try ran.", default="0")
    worker_id: str | None = column(Text, "The worker that ran it.", null=True)
    trigger_run_id: str | None = column(Text, "The Trigger.dev run.", null=True)
    started_at: datetime = column(INSTANT, "When its code started.")
    finished_at: datetime | None = column(INSTANT, "When it ended.", null=True)
    failure_kind: str | None = column(Text, "Why it failed.", null=True)
    failure: dict[str, Any] | None = column(
        JSON, "{kind, name, message, code, stack} of a failed try.", null=True
    )
    retry_at: datetime | None = column(
        INSTANT, "When the next try was to follow; null: none.", null=True
    )
