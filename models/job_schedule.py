"""`job_schedules`: crons."""

from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Boolean, Index, Integer, Interval, Text, text
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE

from jobwire.models.base import INSTANT, JSON, Table, check, column, one_of
from jobwire.models.vocabulary import (
    Executor,
    MisfirePolicy,
    OverlapPolicy,
    ScheduleOwner,
    SkipReason,
    SyncState,
)


class JobSchedule(Table, table=True):
    """One cron: which job to make, and when."""

    __tablename__: ClassVar[str] = "job_schedules"
    __table_args__: ClassVar[Any] = (
        check("executor_is_known", one_of("executor", Executor)),
        check("owner_is_known", one_of("owner", ScheduleOwner)),
        check("overlap_policy_is_known", one_of("overlap_policy", OverlapPolicy)),
        check("misfire_policy_is_known", one_of("misfire_policy", MisfirePolicy)),
        check("sync_state_is_known", one_of("sync_state", SyncState)),
        check("skip_reason_is_known", one_of("last_skip_reason", SkipReason)),
        check("version_is_positive", "version > 0"),
        check("misfire_window_is_positive", "misfire_window > interval '0'"),
        check(
            "a_trigger_schedule_names_its_task",
            "executor <> 'trigger' OR trigger_task_id IS NOT NULL",
        ),
        check(
            "only_trigger_schedules_are_owned_by_trigger_dev",
            "owner = 'JOBWIRE' OR executor = 'trigger'",
        ),
        Index(
            "uq_job_schedules_user_id_key",
            "user_id",
            "key",
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index(
            "uq_job_schedules_trigger_schedule_id",
            "trigger_schedule_id",
            unique=True,
            postgresql_where=text("trigger_schedule_id IS NOT NULL"),
        ),
        Index(
            "ix_job_schedules_due",
            "next_tick_at",
            postgresql_where=text(
                "deleted_at IS NULL AND NOT is_paused AND NOT is_waiting"
                " AND owner = 'JOBWIRE'"
            ),
        ),
        Index(
            "ix_job_schedules_waiting",
            "id",
            postgresql_where=text("is_waiting"),
        ),
        Index(
            "ix_job_schedules_fired_by_trigger_dev",
            "next_tick_at",
            postgresql_where=text("owner = 'TRIGGER_DEV'"),
        ),
        Index(
            "ix_job_schedules_sync_due",
            "sync_due_at",
            postgresql_where=text("sync_due_at IS NOT NULL"),
        ),
        Index(
            "ix_job_schedules_trigger_task_id",
            "trigger_task_id",
            postgresql_where=text("trigger_schedule_id IS NOT NULL"),
        ),
        Index("ix_job_schedules_user_id_id", "user_id", "id"),
        Index(
            "ix_job_schedules_deleted",
            "deleted_at",
            postgresql_where=text("deleted_at IS NOT NULL"),
        ),
        {"comment": "Crons: which job to make, and when."},
    )

    id: UUID = column(UUID_TYPE, "A UUIDv7.", key=True)
    key: str = column(Text, "The caller's stable name, unique per user.")
    tag: str = column(Text(collation="C"), "The tag of its jobs.")
    type: str = column(Text, "The type of its jobs.")
    user_id: str = column(Text, "Whose schedule it is.")
    executor: str = column(Text, "Where its jobs run.")
    owner: str = column(Text, "Whose clock fires it.", default="'JOBWIRE'")
    cron: str = column(Text, "Five fields: minute hour day month weekday.")
    timezone: str = column(Text, "An IANA time zone.", default="'UTC'")
    data: dict[str, Any] = column(JSON, "The input of its jobs.", default="'{}'")
    retry_config: dict[str, Any] | None = column(
        JSON, "The retry configuration of its jobs; null: the type's.", null=True
    )
    overlap_policy: str = column(
        Text, "What a tick does while an earlier job is open.", default="'SKIP'"
    )
    misfire_policy: str = column(
        Text, "What becomes of missed ticks.", default="'RUN_ONCE'"
    )
    misfire_window: timedelta = column(
        Interval, "How far back RUN_ALL reaches.", default="'1 day'"
    )
    is_paused: bool = column(Boolean, "Whether ticks pass unused.", default="false")
    is_waiting: bool = column(
        Boolean,
        "Whether its next tick waits for the end of the job before.",
        default="false",
    )
    next_tick_at: datetime | None = column(
        INSTANT,
        "The next tick; null: never again, paused, or Trigger.dev's is yet to go.",
        null=True,
    )
    reckoned_at: datetime | None = column(
        INSTANT, "What time it was when the next tick was reckoned.", null=True
    )
    last_tick_at: datetime | None = column(
        INSTANT, "The last tick that made a job.", null=True
    )
    last_skipped_at: datetime | None = column(
        INSTANT, "The last tick that made none.", null=True
    )
    last_skip_reason: str | None = column(Text, "Why it made none.", null=True)
    last_skip_message: str | None = column(
        Text, "The same as a sentence, for people.", null=True
    )
    trigger_task_id: str | None = column(
        Text, "The Trigger.dev task of its jobs.", null=True
    )
    trigger_schedule_id: str | None = column(
        Text, "Trigger.dev's schedule, sched_….", null=True
    )
    trigger_environment: str | None = column(
        Text, "The environment that holds that schedule.", null=True
    )
    sync_state: str | None = column(
        Text,
        "Whether Trigger.dev's schedule follows; null: there is none to follow.",
        null=True,
    )
    sync_error: str | None = column(
        Text, "Why it does not follow yet, for people.", null=True
    )
    sync_due_at: datetime | None = column(
        INSTANT, "When Trigger.dev is told or asked again.", null=True
    )
    sync_failures: int = column(
        Integer, "How often in a row that did not work.", default="0"
    )
    secret_data: bool = column(
        Boolean, "Whether only admins may read its data.", default="false"
    )
    version: int = column(Integer, "Rises with every change.", default="1")
    created_at: datetime = column(INSTANT, "When it was made.")
    updated_at: datetime = column(INSTANT, "When it last changed.")
    deleted_at: datetime | None = column(INSTANT, "When it was deleted.", null=True)
