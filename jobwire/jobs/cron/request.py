"""What a caller asks to be scheduled by a cron, and what of it is refused."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from jobwire.jobs import json_text
from jobwire.jobs.cron.expression import Expression, read_expression
from jobwire.jobs.cron.time_zone import check_zone
from jobwire.jobs.cron.trigger_rules import check_for_trigger_dev
from jobwire.jobs.definition import JobDefinition
from jobwire.jobs.errors import InvalidInputError
from jobwire.jobs.iso8601 import format_duration
from jobwire.jobs.placement import PlacementPolicy, place
from jobwire.jobs.registry import Registry
from jobwire.jobs.retry_config import RetryConfig
from jobwire.jobs.schedule_request import (
    MAX_KEY_LENGTH,
    MAX_SPAN,
    MAX_TYPE_LENGTH,
    MAX_USER_ID_LENGTH,
    check_tag,
    check_text,
)
from jobwire.jobs.viewer import Viewer
from jobwire.models.vocabulary import (
    Executor,
    MisfirePolicy,
    OverlapPolicy,
    ScheduleOwner,
)

#: How far back RUN_ALL reaches when nothing is said.
MISFIRE_WINDOW = timedelta(days=1)
#: Below this no tick could be missed.
MIN_MISFIRE_WINDOW = timedelta(minutes=1)

#: Why members of a request do not go with schedules that Trigger.dev fires.
_NOT_THERE = {
    "data": "carry no data, and their tasks get the time and the schedule",
    "retryConfig": "carry no retry configuration, and that of the task holds",
    "overlapPolicy": "fire whether or not an earlier run is open, so it can be ALLOW",
    "misfirePolicy": "make up for one missed tick at most, so it can be RUN_ONCE",
    "misfireWindow": "make up for one missed tick at most",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CronRequest:
    """What a caller asks for.

    Attributes:
        type: The name of the code to run.
        tag: What its jobs are about; see `ScheduleRequest`.
        cron: Five fields, or an alias.
        timezone: The IANA time zone that it is read in.
        key: The caller's stable name for the schedule, unique per user; None: the tag.
        user_id: Whose schedule it is; None: the caller's own.
        executor: Where its jobs run; None: as for `ScheduleRequest`.
        owner: Whose clock fires it; None: ours.
        trigger_task_id: The Trigger.dev task to run.
        data: The input of each job; must be absent where Trigger.dev fires.
        retry_config: Members that differ from the type's, by their names in the API.
        overlap_policy: What a tick does while an earlier job is open; None: SKIP, and
            ALLOW where Trigger.dev fires.
        misfire_policy: What becomes of ticks that nobody could use in time; None:
            RUN_ONCE.
        misfire_window: How far back RUN_ALL reaches; None: a day.
        if_version: Only if the schedule that is there has this version.
    """

    type: str
    tag: str
    cron: str
    timezone: str = "UTC"
    key: str | None = None
    user_id: str | None = None
    executor: Executor | None = None
    owner: ScheduleOwner | None = None
    trigger_task_id: str | None = None
    data: Any = None
    retry_config: Mapping[str, Any] | None = None
    overlap_policy: OverlapPolicy | None = None
    misfire_policy: MisfirePolicy | None = None
    misfire_window: timedelta | None = None
    if_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a schedule shall be: its columns by their names; those of JSON are text."""

    key: str
    tag: str
    type: str
    user_id: str
    executor: str
    owner: str
    cron: str
    timezone: str
    data: str
    retry_config: str | None
    overlap_policy: str
    misfire_policy: str
    misfire_window: timedelta
    trigger_task_id: str | None
    secret_data: bool

    @property
    def expression(self) -> Expression:
        """The cron expression, read."""
        return read_expression(self.cron)


def read_terms(
    request: CronRequest,
    *,
    registry: Registry | None,
    viewer: Viewer,
    policy: PlacementPolicy,
) -> Terms:
    """Hold a request to everything that can be known here.

    Raises:
        UnknownTypeError: The type is not registered.
        ExecutorUnavailableError: No job can run on Trigger.dev from here.
        InvalidInputError: Something does not fit; its path says where.
        ForbiddenError: It is for another user, and the viewer is no admin.
    """
    user_id = viewer.owner(request.user_id)
    check_text("type", request.type, MAX_TYPE_LENGTH)
    check_text("userId", user_id, MAX_USER_ID_LENGTH)
    check_tag(request.tag)
    if request.key is not None:
        check_text("key", request.key, MAX_KEY_LENGTH)
    expression = read_expression(request.cron)
    check_zone(request.timezone)
    placement = place(
        request.type,
        request.executor,
        request.trigger_task_id,
        registry=registry,
        policy=policy,
        viewer=viewer,
    )
    owner = request.owner or ScheduleOwner.JOBWIRE
    if owner is ScheduleOwner.TRIGGER_DEV:
        _check_fired_by_trigger_dev(request, placement.executor)
        check_for_trigger_dev(expression, request.timezone)
        overlap, misfire = OverlapPolicy.ALLOW, MisfirePolicy.RUN_ONCE
    else:
        overlap = request.overlap_policy or OverlapPolicy.SKIP
        misfire = request.misfire_policy or MisfirePolicy.RUN_ONCE
        _check_policies(overlap, misfire, request.misfire_window)
    return Terms(
        key=request.tag if request.key is None else request.key,
        tag=request.tag,
        type=request.type,
        user_id=user_id,
        executor=placement.executor.value,
        owner=owner.value,
        cron=request.cron,
        timezone=request.timezone,
        data=_data(request, owner, placement.definition),
        retry_config=_overrides(request.retry_config, placement.definition),
        overlap_policy=overlap.value,
        misfire_policy=misfire.value,
        misfire_window=request.misfire_window or MISFIRE_WINDOW,
        trigger_task_id=placement.trigger_task_id,
        secret_data=(
            placement.definition is not None and placement.definition.secret_data
        ),
    )


def _data(
    request: CronRequest, owner: ScheduleOwner, definition: JobDefinition | None
) -> str:
    data = {} if request.data is None else request.data
    if definition is None or owner is ScheduleOwner.TRIGGER_DEV:
        return json_text.encode(data, limit=json_text.MAX_DATA_BYTES, path=("data",))
    return definition.encode_data(data)


def _overrides(
    given: Mapping[str, Any] | None, definition: JobDefinition | None
) -> str | None:
    """Write the members that differ from the type's, which may change by itself."""
    members = _given(given)
    if not members:
        return None
    of_type = RetryConfig() if definition is None else definition.retry_config
    of_type.with_overrides(members)
    return json.dumps(members, sort_keys=True)


def _check_policies(
    overlap: OverlapPolicy, misfire: MisfirePolicy, window: timedelta | None
) -> None:
    if misfire is MisfirePolicy.RUN_ALL and overlap is OverlapPolicy.CANCEL_RUNNING:
        raise InvalidInputError(
            "misfirePolicy RUN_ALL does not go with overlapPolicy CANCEL_RUNNING: each"
            " missed tick would cancel the job of the one before. Choose RUN_ONCE, or"
            " another overlapPolicy.",
            path=("misfirePolicy",),
        )
    if window is None:
        return
    if misfire is not MisfirePolicy.RUN_ALL:
        raise InvalidInputError(
            "misfireWindow says how far back misfirePolicy RUN_ALL reaches, and the"
            f" policy is {misfire}. Leave it out, or choose RUN_ALL.",
            path=("misfireWindow",),
        )
    if not MIN_MISFIRE_WINDOW <= window <= MAX_SPAN:
        raise InvalidInputError(
            f"misfireWindow must be from {format_duration(MIN_MISFIRE_WINDOW)} to"
            f" {format_duration(MAX_SPAN)}, not {format_duration(window)}.",
            path=("misfireWindow",),
        )


def _check_fired_by_trigger_dev(request: CronRequest, executor: Executor) -> None:
    """Refuse what Trigger.dev's schedules cannot do."""
    if executor is not Executor.TRIGGER:
        raise InvalidInputError(
            "owner TRIGGER_DEV is for the executor TRIGGER: Trigger.dev fires its own"
            " tasks only. Choose the owner JOBWIRE, or a type that runs on TRIGGER.",
            path=("owner",),
        )
    overlap, misfire = request.overlap_policy, request.misfire_policy
    refused = {
        "data": request.data not in (None, {}),
        "retryConfig": bool(_given(request.retry_config)),
        "overlapPolicy": overlap not in (None, OverlapPolicy.ALLOW),
        "misfirePolicy": misfire not in (None, MisfirePolicy.RUN_ONCE),
        "misfireWindow": request.misfire_window is not None,
    }
    for name, is_refused in refused.items():
        if is_refused:
            raise InvalidInputError(
                f"{name} does not go with owner TRIGGER_DEV: the schedules of"
                f" Trigger.dev {_NOT_THERE[name]}. Leave it out, or choose the owner"
                " JOBWIRE.",
                path=(name,),
            )


def _given(members: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (members or {}).items() if value is not None}
