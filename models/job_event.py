"""`job_events`: facts about jobs, appended in their transaction.

They never change, but that the content of those of a deleted job is erased.
"""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Identity,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE

from jobwire.models.base import INSTANT, JSON, Table, Xid8, column, one_of
from jobwire.models.rules import Rule, keep
from jobwire.models.vocabulary import EventKind, JobStatus, SignalSource

_RULES = (
    Rule("kind_is_known", one_of("kind", EventKind)),
    Rule("from_status_is_known", one_of("from_status", JobStatus)),
    Rule("to_status_is_known", one_of("to_status", JobStatus)),
    Rule("source_is_known", one_of("source", SignalSource)),
    Rule(
        "only_the_first_event_comes_from_nowhere",
        "(from_status IS NULL) = (version = 1)",
    ),
)


class JobEvent(Table, table=True):
    """One fact about a job: folding the events up to a version gives that row."""

    __tablename__: ClassVar[str] = "job_events"
    __table_args__: ClassVar[Any] = (
        UniqueConstraint("job_id", "version"),
        Index(
            "ix_job_events_drift",
            "xid",
            "id",
            postgresql_where=text("kind = 'DRIFT_CORRECTED'"),
        ),
        {
            "comment": "Facts about jobs, in commit order by (xid, id) snapshots.",
            "postgresql_with": {"autovacuum_vacuum_insert_scale_factor": 0.05},
        },
    )

    xid: int = column(
        Xid8,
        "The transaction that wrote it; the feed reads by it.",
        key=True,
        default="pg_current_xact_id()",
    )
    # CACHE 1: inside one transaction snapshot, ids must rise in the order of locks.
    id: int = column(
        BigInteger,
        "Rises within a job in the order of its versions.",
        Identity(always=True, cache=1),
        key=True,
    )
    # No foreign key: see `removal`.
    job_id: UUID = column(UUID_TYPE, "The job.")
    user_id: str = column(Text, "Whose job it is.")
    version: int = column(Integer, "The version of the job that this event made.")
    kind: str = column(Text, "What happened.")
    from_status: str | None = column(Text, "The status before.", null=True)
    to_status: str = column(Text, "The status after.")
    attempt: int | None = column(Integer, "The attempt that it tells of.", null=True)
    source: str = column(Text, "Which path brought it.")
    actor: str | None = column(Text, "Who did it: a user or a worker.", null=True)
    occurred_at: datetime = column(
        INSTANT, "When it happened, by the clock of its source."
    )
    recorded_at: datetime = column(
        INSTANT, "When it was recorded here.", default="clock_timestamp()"
    )
    changes: dict[str, Any] = column(
        JSON, "Each visible column that this version set, with its new value."
    )
    detail: dict[str, Any] | None = column(
        JSON, "What else is known of it, such as what was missed.", null=True
    )


keep(JobEvent.metadata.tables["job_events"], "an_event_keeps_its_rules", _RULES)
