"""The jobs in a mutation's payload."""

from collections.abc import Sequence

from jobwire.gql.context import Info
from jobwire.gql.scalars import EventCursor
from jobwire.gql.selection import selects
from jobwire.gql.types.job import Job
from jobwire.jobs.job import Job as Row
from jobwire.jobs.queries import read_jobs


async def changed_job(info: Info, row: Row) -> Job:
    """Show a job after the commit that changed it; see `changed_jobs`."""
    [job] = await changed_jobs(info, [row])
    return job


async def changed_jobs(info: Info, rows: Sequence[Row]) -> list[Job]:
    """Show jobs after the commit that changed them, in the order given.

    Where they stand in the log can only be told by reading them again: before the
    commit the log does not hold the change, and a subscription would repeat it; after
    it, the rows may have moved on. So that read happens when asOf is asked for, and
    only then.
    """
    raw = info._raw_info  # noqa: SLF001 - info copies all that is selected, each time
    if not rows or not selects(raw.field_nodes, "asOf", raw.fragments):
        return [Job.of(row) for row in rows]
    engine = info.context.engine
    async with info.context.database.connection() as connection:
        read, as_of = await read_jobs(
            connection, info.context.viewer, [row.id for row in rows]
        )
    newest = {row.id: row for row in read}
    cursor = EventCursor(await engine.feed.as_of(as_of))
    return [Job.of(newest.get(row.id, row), cursor=cursor) for row in rows]
