"""Schedule by cron: make a job schedule, or change the one that has the key."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from jobwire.jobs import identifiers, json_text
from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.cron.job_schedule import SCHEDULE_COLUMNS, JobSchedule
from jobwire.jobs.cron.request import CronRequest, Terms, read_terms
from jobwire.jobs.cron.write import begin_sync, write
from jobwire.jobs.errors import InvalidInputError, VersionConflictError
from jobwire.jobs.placement import PlacementPolicy
from jobwire.jobs.registry import Registry
from jobwire.jobs.viewer import Viewer
from jobwire.models.vocabulary import ScheduleOwner

_ANYWHERE = PlacementPolicy()

_FIND = f"""
SELECT {SCHEDULE_COLUMNS} FROM job_schedules
 WHERE user_id = $1 AND key = $2 AND deleted_at IS NULL"""
_LOCK = f"{_FIND} FOR UPDATE"
_JSON = frozenset({"data", "retry_config"})


@dataclass(frozen=True, slots=True)
class ScheduledCron:
    """What became of a request that was not refused.

    Attributes:
        schedule: The schedule.
        created: Whether this request made it; False: it was there.
    """

    schedule: JobSchedule
    created: bool


async def schedule_cron(
    connection: SqlConnection,
    request: CronRequest,
    *,
    registry: Registry | None,
    viewer: Viewer,
    now: datetime,
    policy: PlacementPolicy = _ANYWHERE,
) -> ScheduledCron:
    """Make a job schedule, or change the one that the user has under the key.

    Whatever the request leaves out has its default from then on; only a pause stays.
    Its next tick is the first one from now on, and stays as it is when neither the
    expression nor the time zone nor the owner changes. Asking for what there is changes
    nothing. Where Trigger.dev fires, the worker tells it. Must run inside a
    transaction.

    Raises:
        UnknownTypeError: The type is not registered.
        ExecutorUnavailableError: No job can run on Trigger.dev from here.
        InvalidInputError: Something does not fit; its path says where.
        ForbiddenError: It is for another user, and the viewer is no admin.
        VersionConflictError: The schedule has another version, or there is none.
    """
    terms = read_terms(request, registry=registry, viewer=viewer, policy=policy)
    while True:
        records = await connection.fetch(_LOCK, terms.user_id, terms.key)
        if records:
            found = JobSchedule.from_record(records[0])
            _check_version(request.if_version, found.version)
            return ScheduledCron(
                await _change(connection, found, terms, now), created=False
            )
        _check_version(request.if_version, 0)
        made = await _make(connection, terms, now)
        # Another one may have made it, or deleted it, at this very moment.
        if made is not None:
            return ScheduledCron(made, created=True)


async def find_by_key(
    connection: SqlConnection, user_id: str, key: str
) -> JobSchedule | None:
    """Return the schedule that a user has under a key; None: there is none."""
    records = await connection.fetch(_FIND, user_id, key)
    return JobSchedule.from_record(records[0]) if records else None


def _check_version(expected: int | None, found: int) -> None:
    if expected is not None and expected != found:
        raise VersionConflictError(expected, found, what="job schedule")


async def _make(
    connection: SqlConnection, terms: Terms, now: datetime
) -> JobSchedule | None:
    id = identifiers.new_id(now)
    created_at = identifiers.created_at(id)
    values = {
        "id": id,
        **asdict(terms),
        **_clock(terms, now),
        "created_at": created_at,
        "updated_at": created_at,
    }
    places = ", ".join(
        f"${place}::text::jsonb" if name in _JSON else f"${place}"
        for place, name in enumerate(values, start=1)
    )
    records = await connection.fetch(
        f"""INSERT INTO job_schedules ({", ".join(values)}) VALUES ({places})
            ON CONFLICT (user_id, key) WHERE deleted_at IS NULL DO NOTHING
            RETURNING {SCHEDULE_COLUMNS}""",
        *values.values(),
    )
    return JobSchedule.from_record(records[0]) if records else None


async def _change(
    connection: SqlConnection, found: JobSchedule, terms: Terms, now: datetime
) -> JobSchedule:
    values: dict[str, Any] = {
        name: value
        for name, value in asdict(terms).items()
        if not _is_same(name, getattr(found, name), value)
    }
    if not values:
        return found
    after = replace(found, **values)
    if not {"cron", "timezone", "owner", "type", "trigger_task_id"}.isdisjoint(values):
        values |= _moved(found, terms, after, now)
    return await write(connection, found, values, now=now)


def _is_same(name: str, one: Any, other: Any) -> bool:
    if name not in _JSON or one is None or other is None:
        return bool(one == other)
    return bool(json_text.decode(one) == json_text.decode(other))


def _moved(
    found: JobSchedule, terms: Terms, after: JobSchedule, now: datetime
) -> Mapping[str, Any]:
    """Return what follows for the clock when an expression or an owner changes."""
    if after.is_fired_by_trigger_dev:
        # Runs that it has made until now are looked for from the tick of before on.
        kept = found.next_tick_at if found.is_fired_by_trigger_dev else None
        return {**begin_sync(now), "next_tick_at": kept, "is_waiting": False}
    if found.sync_state is not None:
        # Both would fire: ours begins when theirs is gone.
        return {**begin_sync(now), "next_tick_at": None, "is_waiting": False}
    if (found.cron, found.timezone, found.owner) == (
        after.cron,
        after.timezone,
        after.owner,
    ):
        return {}
    clock = _clock(terms, now) | {"is_waiting": False}
    return clock | {"next_tick_at": None} if found.is_paused else clock


def _clock(terms: Terms, now: datetime) -> dict[str, Any]:
    """Return the columns by which somebody's clock begins to fire a schedule.

    Raises:
        InvalidInputError: It would never fire.
    """
    if terms.owner == ScheduleOwner.TRIGGER_DEV:
        return begin_sync(now)
    first = terms.expression.next_after(terms.timezone, now)
    if first is None:
        raise InvalidInputError(
            f"cron would never fire: {terms.cron!r} names no day of the next 50 years.",
            path=("cron",),
        )
    return {"next_tick_at": first, "reckoned_at": now}
