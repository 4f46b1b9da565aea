"""Pages of jobs in the order of their creation, always behind the viewer's wall.

Each is read by keyset: in the order of an index, between two rows of its values. That
leaves the planner one plan, whatever the statistics say (`job_ranges`).
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache, partial
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias, cast
from uuid import UUID

from jobwire.jobs.errors import SparseFilterError
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.given import arrays, given_rows
from jobwire.jobs.job import Job
from jobwire.jobs.job_ranges import LOOKS, Span, readings
from jobwire.jobs.job_statements import Statement
from jobwire.jobs.queries import AS_OF_COLUMNS, AsOf, Page, Window
from jobwire.jobs.selected import Selected, SelectedRow, Selection
from jobwire.jobs.viewer import Viewer
from jobwire.models.database import Connection

#: Statements of pages that are kept, of some kilobytes each.
_MAX_KEPT = 128


class PageStatement(NamedTuple):
    """What reads all pages that are alike.

    Attributes:
        jobs: What reads their jobs.
        selection: What of each job.
        descending: The newest first.
        with_as_of: Read where the read stands in the event log, too.
    """

    jobs: Statement
    selection: Selection
    descending: bool
    with_as_of: bool


#: Reads the rows of a page, given its statement and the values of its parameters.
FetchPage: TypeAlias = Callable[
    [PageStatement, Sequence[Any]], Awaitable[Sequence[Any]]
]


async def read_job_page(
    connection: Connection,
    viewer: Viewer,
    filter: JobFilter,
    window: Window[UUID],
    *,
    descending: bool = True,
) -> Page[Job]:
    """Read one page of jobs, and its place in the log.

    Their long JSON is left out; see `jobwire.jobs.long_json`.

    Raises:
        ForbiddenError: The filter names other users, and the viewer is no admin.
        SparseFilterError: Too many jobs would have to be looked at.
    """
    selection = Selection(Job.columns("j", lean=True))
    page = await read_page(
        partial(fetch_page, connection),
        viewer,
        filter,
        window,
        selection,
        descending=descending,
        with_as_of=True,
    )
    # Only texts are read as arrays.
    return cast("Page[Selected]", page).map(Job.from_record)


async def read_page(
    fetch: FetchPage,
    viewer: Viewer,
    filter: JobFilter,
    window: Window[UUID],
    selection: Selection,
    *,
    descending: bool,
    with_as_of: bool,
) -> Page[SelectedRow]:
    """Read some columns of one page of jobs, in one statement.

    Args:
        fetch: Reads its rows.
        viewer: Behind whose wall.
        filter: Which jobs.
        window: Which part of the list.
        selection: What of each.
        descending: The newest first.
        with_as_of: Read where that read stands in the event log, too.

    Raises:
        ForbiddenError: The filter names other users, and the viewer is no admin.
        SparseFilterError: Too many jobs would have to be looked at.
    """
    after, before = window.after, window.before
    if window.backward:
        descending, after, before = not descending, before, after
    span = Span(
        limit=window.size + 1, descending=descending, after=after, before=before
    )
    for jobs, values in readings(filter.within(viewer), span):
        statement = PageStatement(jobs, selection, descending, with_as_of)
        records = await fetch(statement, values)
        if jobs.is_bounded and any(one["is_cut"] for one in records):
            continue
        as_of = AsOf.from_record(records[0]) if with_as_of else None
        if selection.texts is not None:
            columns = [array or () for array in records[0][: 1 + len(selection.texts)]]
            rows: list[SelectedRow] = list(zip(*columns, strict=True))
            # They are in their order already, but nothing promises that.
            rows.sort(key=itemgetter(0), reverse=descending)
            return window.page(rows, as_of)
        is_empty = with_as_of and records[0]["id"] is None
        return window.page([] if is_empty else records, as_of)
    raise SparseFilterError(LOOKS[-1])


async def fetch_page(
    connection: Connection, statement: PageStatement, values: Sequence[Any]
) -> Sequence[Any]:
    """Read the rows of one page."""
    found: Sequence[Any] = await connection.fetch(
        _sql(statement), *values, record_class=Selected
    )
    return found


async def fetch_pages(
    connection: Connection, statement: PageStatement, each: Sequence[Sequence[Any]]
) -> Sequence[Sequence[Any]]:
    """Read several pages by one statement that can; the rows of each, in their order.

    Args:
        connection: Any connection.
        statement: What reads them.
        each: The values of its parameters, for each page.
    """
    if len(each) == 1:
        return [await fetch_page(connection, statement, each[0])]
    found = await connection.fetch(
        _sql_of_several(statement), *arrays(each), record_class=Selected
    )
    if statement.selection.texts is not None:
        return [[page] for page in found]
    pages: list[list[Any]] = [[] for _ in each]
    for record in found:
        pages[record["nth"] - 1].append(record)
    return pages


# Being the same text, asyncpg finds a statement at once.
@lru_cache(maxsize=_MAX_KEPT)
def _sql(statement: PageStatement) -> str:
    """Write the statement of a page.

    Each job is a row, or each column an array, which takes less time on both sides.
    """
    jobs, selection, _, with_as_of = statement
    if selection.texts is not None:
        return _arrays(statement, jobs.sql)
    columns = f"{selection.columns}, j.is_cut" if jobs.is_bounded else selection.columns
    # A row even where there is no job says where the read stands in the log.
    source = (
        f"{columns}, {AS_OF_COLUMNS} FROM (SELECT) AS one"
        f" LEFT JOIN ({jobs.sql}) AS j ON true"
        if with_as_of
        else f"{columns} FROM ({jobs.sql}) AS j"
    )
    return f"SELECT {source} ORDER BY {_order(statement)}"


@lru_cache(maxsize=_MAX_KEPT)
def _sql_of_several(statement: PageStatement) -> str:
    """Write the statement of several pages, whose parameters are arrays."""
    jobs, selection, _, with_as_of = statement
    rows = given_rows({f"v{place}": kind for place, kind in enumerate(jobs.kinds, 1)})
    of_row = jobs.sql_of("g")
    if selection.texts is not None:
        return (
            f"SELECT page.* FROM {rows}"
            f" CROSS JOIN LATERAL ({_arrays(statement, of_row)}) AS page ORDER BY g.nth"
        )
    columns, join = f"{selection.columns}, g.nth", "JOIN"
    if with_as_of:
        columns, join = f"{columns}, {AS_OF_COLUMNS}", "LEFT JOIN"
    return (
        f"SELECT {columns} FROM {rows} {join} LATERAL ({of_row}) AS j ON true"
        f" ORDER BY g.nth, {_order(statement)}"
    )


def _arrays(statement: PageStatement, jobs: str) -> str:
    """Write what reads a page as one row, an array for each column."""
    texts = statement.selection.texts or ()
    selected = [f"array_agg({one})" for one in ("j.id", *texts)]
    if statement.jobs.is_bounded:
        selected.append("bool_or(j.is_cut) AS is_cut")
    if statement.with_as_of:
        selected.append(AS_OF_COLUMNS)
    return f"SELECT {', '.join(selected)} FROM ({jobs}) AS j"


def _order(statement: PageStatement) -> str:
    return f"j.id {'DESC' if statement.descending else 'ASC'}"
