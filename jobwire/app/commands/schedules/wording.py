"""Job schedules in words, for people at a terminal."""

from datetime import datetime

from jobwire.app.commands.jobs.wording import printable
from jobwire.jobs.cron.job_schedule import JobSchedule
from jobwire.jobs.iso8601 import format_instant
from jobwire.models.vocabulary import SyncState


def next_run(schedule: JobSchedule, *, now: datetime) -> str:
    """Write when it fires next, or why it does not."""
    if schedule.is_paused:
        return "paused"
    if schedule.is_handed_back:
        return "not before Trigger.dev's own is gone"
    tick = schedule.tick_after(now)
    return "never" if tick is None else format_instant(tick)


def trouble(schedule: JobSchedule) -> str:
    """Write what keeps Trigger.dev's own schedule from following; empty: nothing."""
    if schedule.sync_state in (None, SyncState.SYNCED):
        return ""
    told = schedule.sync_error or "Trigger.dev is yet to be told"
    return printable(f"{schedule.sync_state}: {told}")


def described(schedule: JobSchedule, *, now: datetime) -> str:
    """Write all of it, a line each."""
    skipped = ""
    if schedule.last_skipped_at is not None:
        skipped = (
            f"{format_instant(schedule.last_skipped_at)}  {schedule.last_skip_reason}"
            f"  {schedule.last_skip_message or ''}"
        )
    task = schedule.trigger_task_id
    rows = {
        "key": schedule.key,
        "type": schedule.type,
        "tag": schedule.tag,
        "user": schedule.user_id,
        "executor": schedule.executor + (f"  task {task}" if task else ""),
        "cron": f"{schedule.cron}  {schedule.timezone}  {schedule.description}",
        "owner": schedule.owner,
        "overlap": schedule.overlap_policy,
        "misfire": schedule.misfire_policy,
        "next": next_run(schedule, now=now),
        "last tick": _instant(schedule.last_tick_at),
        "skipped": skipped,
        "trouble": trouble(schedule),
        "version": str(schedule.version),
        "created": _instant(schedule.created_at),
        "updated": _instant(schedule.updated_at),
    }
    lines = [f"{name:<10}{printable(value)}" for name, value in rows.items() if value]
    return "\n".join([schedule.public_id, *lines])


def _instant(instant: datetime | None) -> str:
    return "" if instant is None else format_instant(instant)
