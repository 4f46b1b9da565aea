"""Ask: count the jobs of a selection, and record what is to be done to them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jobwire.jobs import identifiers
from jobwire.jobs.bulk.operation import COLUMNS, BulkOperation
from jobwire.jobs.bulk.selection import Selection
from jobwire.jobs.cancel import check_wish
from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.errors import CountMismatchError, InvalidInputError
from jobwire.jobs.lifecycle import CANCEL_GRACE
from jobwire.jobs.viewer import Viewer
from jobwire.models.vocabulary import BulkAction, CancelMode

#: The most jobs that one operation may be about.
MAX_JOBS = 1_000_000
#: How many jobs one transaction handles: less than 100 ms of work. A cancel is one
#: statement for all of them, a retry is one for each.
CHUNK = {BulkAction.CANCEL: 500, BulkAction.RETRY: 100}


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkRequest:
    """What is to be done to which jobs.

    Attributes:
        action: What is done to each of them.
        selection: The jobs.
        mode: How insistent a cancel is.
        grace_period: How long the code of a canceled job may take to stop, from the
            moment on in which its cancel is written: 0 to 1 day.
        reason: Why it is canceled, at most 1,000 characters.

    Raises:
        InvalidInputError: The reason is too long, or the grace is out of range.
    """

    action: BulkAction
    selection: Selection
    mode: CancelMode = CancelMode.GRACEFUL
    grace_period: timedelta = CANCEL_GRACE
    reason: str | None = None

    def __post_init__(self) -> None:
        check_wish(self.grace_period, self.reason)


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of a request.

    Attributes:
        matched_count: How many jobs the selection holds.
        operation: What was recorded; None: it was only counted.
    """

    matched_count: int
    operation: BulkOperation | None = None


async def ask(
    connection: SqlConnection,
    request: BulkRequest,
    *,
    viewer: Viewer,
    now: datetime,
    dry_run: bool = False,
    expected_count: int | None = None,
) -> Asked:
    """Count the selected jobs, and have a worker do it to each of them: → RUNNING.

    Exactly the jobs that are counted are frozen: what is scheduled later, such as what
    a retry makes, is not touched, and what changes later stays selected. An operation
    without jobs is COMPLETED at once.

    Must run inside a transaction, which a refusal must roll back.

    Args:
        connection: A connection inside a transaction.
        request: What is asked.
        viewer: Who asks; only jobs behind their wall count.
        now: When.
        dry_run: Only count.
        expected_count: How many jobs it has to be; None: as many as there are.

    Raises:
        CountMismatchError: It is another number of jobs.
        ForbiddenError: The filter names other users, and the viewer is no admin.
        InvalidInputError: More than 1,000,000 jobs are selected, or the filter has too
            many combinations.
    """
    select, values = request.selection.select(viewer, first=MAX_JOBS + 1)
    operation = None
    if dry_run:
        records = await connection.fetch(
            f"SELECT count(*) AS matched FROM ({select}) AS counted", *values
        )
        matched: int = records[0]["matched"]
    else:
        operation = await _record(connection, request, viewer, now, select, values)
        matched = operation.matched_count
    if matched > MAX_JOBS:
        raise InvalidInputError(
            f"The selection holds more than {MAX_JOBS:,} jobs, the most that one"
            " operation may be about. Narrow it, for example by createdAt.",
            path=("select",),
        )
    if expected_count is not None and matched != expected_count:
        raise CountMismatchError(expected_count, matched)
    return Asked(matched, operation)


async def _record(
    connection: SqlConnection,
    request: BulkRequest,
    viewer: Viewer,
    now: datetime,
    select: str,
    values: list[Any],
) -> BulkOperation:
    is_cancel = request.action is BulkAction.CANCEL
    given = {
        "id": ("uuid", identifiers.new_id(now)),
        "user_id": ("text", viewer.user_id),
        "scopes": ("text[]", sorted(viewer.scopes)),
        "action": ("text", request.action.value),
        "selection": ("text::jsonb", request.selection.to_json()),
        "reason": ("text", request.reason),
        "mode": ("text", request.mode.value if is_cancel else None),
        "grace_period": ("interval", request.grace_period if is_cancel else None),
        "created_at": ("timestamptz", now),
    }
    mark = {
        name: f"${place}::{kind}"
        for place, (name, (kind, _)) in enumerate(given.items(), start=len(values) + 1)
    }
    statement = f"""
WITH selected AS MATERIALIZED ({select}),
numbered AS (
  SELECT id, (row_number() OVER (ORDER BY id) - 1) / {CHUNK[request.action]} AS number
    FROM selected),
chunks AS (
  INSERT INTO bulk_operation_chunks (operation_id, number, job_ids)
  SELECT {mark["id"]}, number, array_agg(id ORDER BY id) FROM numbered GROUP BY number
  RETURNING cardinality(job_ids) AS size),
matched AS (SELECT COALESCE(sum(size), 0)::int AS jobs FROM chunks)
INSERT INTO bulk_operations ({", ".join(given)}, matched_count, status, due_at,
                             finished_at)
SELECT {", ".join(mark.values())}, jobs,
       CASE jobs WHEN 0 THEN 'COMPLETED' ELSE 'RUNNING' END,
       CASE WHEN jobs > 0 THEN timestamptz '-infinity' END,
       CASE jobs WHEN 0 THEN {mark["created_at"]} END
  FROM matched
RETURNING {COLUMNS}"""
    records = await connection.fetch(
        statement, *values, *(value for _, value in given.values())
    )
    return BulkOperation.from_record(records[0])
