"""How a list of runs is asked for."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from jobwire.triggerdev.errors import InvalidOptionError
from jobwire.triggerdev.fields import EPOCH
from jobwire.triggerdev.json_text import is_unicode

MAX_PAGE_SIZE = 100


def runs_query(
    *,
    created_from: datetime,
    created_to: datetime | None,
    tags: Sequence[str],
    task_identifiers: Sequence[str],
    statuses: Sequence[str],
    page_size: int,
    after: str | None,
) -> dict[str, str]:
    """Write the query of `GET /api/v1/runs`; see `TriggerDevClient.list_page`.

    Raises:
        InvalidOptionError: A value cannot be asked for.
    """
    if not 1 <= page_size <= MAX_PAGE_SIZE:
        must = f"be from 1 to {MAX_PAGE_SIZE}, not {page_size}"
        raise InvalidOptionError("page_size", must)
    query = {
        "page[size]": str(page_size),
        "page[after]": after,
        "filter[createdAt][from]": _milliseconds("created_from", created_from),
        "filter[createdAt][to]": created_to
        and _milliseconds("created_to", created_to, round_up=True),
        "filter[tag]": _joined("tags", tags),
        "filter[taskIdentifier]": _joined("task_identifiers", task_identifiers),
        "filter[status]": _joined("statuses", statuses),
    }
    return {name: value for name, value in query.items() if value}


def _joined(option: str, values: Sequence[str]) -> str:
    if isinstance(values, str):
        raise InvalidOptionError(option, f"be several texts, not one: {values!r}")
    for value in values:
        if not value or "," in value or not is_unicode(value):
            must = f"be texts without commas to be listed by, not {value!r}"
            raise InvalidOptionError(option, must)
    return ",".join(values)


def _milliseconds(option: str, instant: datetime, *, round_up: bool = False) -> str:
    if instant.tzinfo is None:
        raise InvalidOptionError(option, f"have a time zone, not {instant.isoformat()}")
    whole, rest = divmod(instant - EPOCH, timedelta(milliseconds=1))
    return str(whole + (round_up and rest > timedelta()))
