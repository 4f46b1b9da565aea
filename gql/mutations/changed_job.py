"""The job in a mutation's payload."""

from jobwire.gql.context import Info
from jobwire.gql.scalars import EventCursor
from jobwire.gql.selection import selects
from jobwire.gql.types.job import Job
from jobwire.jobs.job import Job as Row
from jobwire.jobs.queries import read_job


async def changed_job(info: Info, row: Row) -> Job:
    """Show a job after the commit that changed it.

    Where it stands in the log can only be told by reading it again: before the commit
    the log does not hold the change, and a subscription would repeat it; after it,
    the row may have moved on. So that read happens when asOf is asked for, and only
    then.
    """
    if not selects(info.selected_fields, "asOf"):
        return Job.of(row)
    engine = info.context.engine
    async with engine.database.connection() as connection:
        newest, as_of = await read_job(connection, info.context.viewer, row.id)
    return Job.of(newest or row, cursor=EventCursor(await engine.feed.as_of(as_of)))
