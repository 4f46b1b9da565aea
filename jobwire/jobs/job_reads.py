"""Single jobs, those that many callers ask for in a moment read by one statement."""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias
from uuid import UUID

from jobwire.jobs.fair_shares import FairShares
from jobwire.jobs.gathering import Gathering
from jobwire.jobs.queries import AsOf, read_selected_jobs
from jobwire.jobs.selected import Selected
from jobwire.jobs.viewer import Viewer
from jobwire.jobs.wall import Wall

#: Some columns of a job, if there is one, and where that was read in the event log.
ReadJob: TypeAlias = tuple[Selected | None, AsOf | None]


class _Line(NamedTuple):
    """Those whose reads are alike."""

    user_id: str
    wall: Wall
    columns: str
    with_as_of: bool


class JobReads:
    """Reads jobs for the operations of one process.

    Args:
        shares: Lends connections.
    """

    def __init__(self, shares: FairShares) -> None:
        self._shares = shares
        self._gathering = Gathering(self._read)

    async def read(
        self, viewer: Viewer, job_id: UUID, columns: str, *, with_as_of: bool
    ) -> ReadJob:
        """Read some columns of one job as it stands now, or a moment later.

        Args:
            viewer: Behind whose wall.
            job_id: The job.
            columns: A select list of columns of `j`, `j.id` among them.
            with_as_of: Read where that read stands in the event log, too.
        """
        line = _Line(viewer.user_id, viewer.wall, columns, with_as_of)
        return await self._gathering.ask(line, job_id)

    async def _read(self, line: _Line, ids: Sequence[UUID]) -> list[ReadJob]:
        async with self._shares.of(line.user_id).connection() as connection:
            found, as_of = await read_selected_jobs(
                connection, line.wall, ids, line.columns, with_as_of=line.with_as_of
            )
        return [(found.get(job_id), as_of) for job_id in ids]
