"""`reconciliations`: the reports of passes over Trigger.dev's runs."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, Index, Integer, Text
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE

from jobwire.models.base import INSTANT, JSON, Table, check, column


class Reconciliation(Table, table=True):
    """One pass: what was compared, corrected and found missing."""

    __tablename__: ClassVar[str] = "reconciliations"
    __table_args__: ClassVar[Any] = (
        check("counts_are_not_negative", "checked >= 0 AND corrected >= 0"),
        check("listed_is_not_negative", "listed >= 0"),
        Index("ix_reconciliations_started_at", "started_at"),
        {"comment": "The reports of reconciliation, one per pass."},
    )

    id: UUID = column(UUID_TYPE, "A UUIDv7.", key=True)
    trigger_environment: str = column(Text, "The environment that was judged.")
    started_at: datetime = column(INSTANT, "When it began.")
    finished_at: datetime | None = column(INSTANT, "When it ended.", null=True)
    checked: int = column(Integer, "Jobs compared.", default="0")
    corrected: int = column(
        Integer, "Jobs that drifted and were put right.", default="0"
    )
    listed: int = column(
        Integer, "Those of the compared that lists answered for.", default="0"
    )
    suspects: list[UUID] = column(
        ARRAY(UUID_TYPE),
        "Jobs whose run was not known, and that were not settled.",
        default="'{}'",
    )
    orphaned_jobs: list[UUID] = column(
        ARRAY(UUID_TYPE), "Jobs adopted or settled as orphans.", default="'{}'"
    )
    lost_jobs: list[UUID] = column(
        ARRAY(UUID_TYPE), "Jobs whose run is gone.", default="'{}'"
    )
    orphaned_runs: Any = column(JSON, "Runs without a job here.", default="'[]'")
    disagreements: Any = column(
        JSON, "Ended jobs whose run ended otherwise.", default="'[]'"
    )
    api_requests: int = column(Integer, "Requests that it cost.", default="0")
    withheld: str | None = column(
        Text, "Why losses were not settled in this pass.", null=True
    )
    error: str | None = column(Text, "Why it stopped early.", null=True)
