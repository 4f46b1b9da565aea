"""The metadata writer: the latest state of each job, at most four times a second."""

from collections.abc import Sequence

from jobwire.jobs.transitions.progress import Report, record_metadata
from jobwire.worker.execution import Execution
from jobwire.worker.latest import LatestLoop


class MetadataLoop(LatestLoop[str]):
    """Writes the metadata that code has set, each time as a whole."""

    name = "metadata"

    async def _record(self, reports: Sequence[tuple[Execution, str]]) -> None:
        async with self._link.connection() as connection:
            await record_metadata(
                connection,
                [Report(*execution.key, text) for execution, text in reports],
                worker=self._worker,
                now=self._clock.now(),
            )
