"""Bulk actions: what is done to many runs at once, and how far it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from jobwire.triggerdev.errors import InvalidOptionError, MalformedResponseError
from jobwire.triggerdev.fields import Fields
from jobwire.triggerdev.listing import RunFilter

MAX_RUN_IDS = 500
MAX_NAME_LENGTH = 255
_LISTED = "filter[createdAt]"
#: The members of a list's query, as the body of a bulk action names them.
_NAMES = {
    "filter[tag]": "tag",
    "filter[taskIdentifier]": "taskIdentifier",
    "filter[status]": "status",
    "filter[version]": "version",
    "filter[region]": "region",
    "filter[machine]": "machine",
}


class BulkActionStatus(StrEnum):
    """How far a bulk action is."""

    PENDING = "PENDING"
    COMPLETED = "COMPLETED"
    ABORTED = "ABORTED"


@dataclass(frozen=True, slots=True)
class BulkAction:
    """Something that is done to many runs.

    Attributes:
        id: `bulk_…`.
        type: The server's word, such as CANCEL or REPLAY.
        status: The server's word; `BulkActionStatus` may not know it.
        total: How many runs it is about; it can still grow while it is pending.
        succeeded, failed: How many of them are done.
        completed_at: None: not yet.
    """

    id: str
    type: str
    status: str
    name: str | None
    total: int
    succeeded: int
    failed: int
    created_at: datetime
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class BulkActionPage:
    """A page of bulk actions, newest first.

    Attributes:
        next_cursor: Where older ones begin; None: there are none.
        previous_cursor: Where newer ones end; None: there are none.
    """

    bulk_actions: tuple[BulkAction, ...]
    next_cursor: str | None
    previous_cursor: str | None


def bulk_action_body(
    action: str,
    runs: RunFilter | tuple[str, ...],
    *,
    name: str | None,
    target_region: str | None = None,
) -> dict[str, Any]:
    """Write the request of a bulk action.

    Raises:
        InvalidOptionError: The runs or the name cannot be asked for.
    """
    if name is not None and not 1 <= len(name) <= MAX_NAME_LENGTH:
        must = f"have 1 to {MAX_NAME_LENGTH} characters, not {len(name)}"
        raise InvalidOptionError("name", must)
    chosen = {"filter": _filter(runs)} if isinstance(runs, RunFilter) else _ids(runs)
    body = {**chosen, "name": name, "targetRegion": target_region, "action": action}
    return {key: value for key, value in body.items() if value is not None}


def read_bulk_action(fields: Fields) -> BulkAction:
    """Read one bulk action.

    Raises:
        MalformedResponseError: It has another shape.
    """
    counts = fields.object("counts")
    return BulkAction(
        id=fields.text("id"),
        type=fields.text("type"),
        status=fields.text("status"),
        name=fields.optional_text("name"),
        total=counts.count("total"),
        succeeded=counts.count("success"),
        failed=counts.count("failure"),
        created_at=fields.time("createdAt"),
        completed_at=fields.optional_time("completedAt"),
    )


def read_bulk_action_page(body: object) -> BulkActionPage:
    """Read the answer of listing bulk actions.

    Raises:
        MalformedResponseError: It has another shape.
    """
    fields = Fields(body, "the list of bulk actions", refuse=MalformedResponseError)
    pagination = fields.optional_object("pagination")
    return BulkActionPage(
        tuple(read_bulk_action(item) for item in fields.objects("data")),
        pagination.optional_text("next") if pagination else None,
        pagination.optional_text("previous") if pagination else None,
    )


def _ids(run_ids: tuple[str, ...]) -> dict[str, Any]:
    if not 1 <= len(run_ids) <= MAX_RUN_IDS or not all(run_ids):
        must = f"be 1 to {MAX_RUN_IDS} ids, not {len(run_ids)}"
        raise InvalidOptionError("runs", must)
    return {"runIds": list(run_ids)}


def _filter(runs: RunFilter) -> Mapping[str, Any]:
    if runs.error_id is not None:
        raise InvalidOptionError("error_id", "be left out of a bulk action's filter")
    query = runs.to_query()
    written: dict[str, Any] = {
        name: _one_or_many(query[key]) for key, name in _NAMES.items() if key in query
    }
    if runs.queues:
        queues = [_queue(name) for name in runs.queues]
        written["queue"] = queues[0] if len(queues) == 1 else queues
    single = {
        "from": _number(query.get(f"{_LISTED}[from]")),
        "to": _number(query.get(f"{_LISTED}[to]")),
        "period": query.get(f"{_LISTED}[period]"),
        "schedule": runs.schedule_id,
        "batch": runs.batch_id,
        "bulkAction": runs.bulk_action_id,
        "isTest": runs.is_test,
    }
    return written | {name: one for name, one in single.items() if one is not None}


def _one_or_many(text: str) -> str | list[str]:
    values = text.split(",")
    return values[0] if len(values) == 1 else values


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)


def _queue(name: str) -> dict[str, str]:
    if name.startswith("task/"):
        return {"type": "task", "name": name.removeprefix("task/")}
    return {"type": "custom", "name": name}
