"""`job_attempts`: one row per try."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Integer, Text
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE

from jobwire.models.base import INSTANT, JSON, Table, column, one_of
from jobwire.models.rules import Rule, keep
from jobwire.models.vocabulary import AttemptStatus, FailureKind

_RULES = (
    Rule("status_is_known", one_of("status", AttemptStatus)),
    Rule("failure_kind_is_known", one_of("failure_kind", FailureKind)),
    Rule("number_is_positive", "number > 0"),
    Rule(
        "finished_at_is_set_exactly_when_ended",
        "(finished_at IS NULL) = (status = 'RUNNING')",
    ),
)


class JobAttempt(Table, table=True):
    """One try at a job."""

    __tablename__: ClassVar[str] = "job_attempts"
    __table_args__: ClassVar[Any] = (
        {
            "comment": "One row per try at a job.",
            # Each changes once, when it ends.
            "postgresql_with": {"fillfactor": 70},
        },
    )

    # No foreign key: see `removal`.
    job_id: UUID = column(UUID_TYPE, "The job.", key=True)
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


keep(JobAttempt.metadata.tables["job_attempts"], "an_attempt_keeps_its_rules", _RULES)
