"""The progress writer: the latest report of each job, at most four times a second."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from jobwire.jobs.context import Progress
from jobwire.jobs.transitions.progress import Report, record_progress
from jobwire.worker.execution import Execution
from jobwire.worker.latest import LatestLoop


class ProgressLoop(LatestLoop[Progress]):
    """Writes how far code says that it has come."""

    name = "progress"

    async def _record(self, reports: Sequence[tuple[Execution, Progress]]) -> None:
        now = self._clock.now()
        async with self._link.connection() as connection:
            await record_progress(
                connection,
                [
                    Report(*execution.key, _encode(progress, now))
                    for execution, progress in reports
                ],
                worker=self._worker,
                now=now,
            )


def _encode(progress: Progress, now: datetime) -> str:
    return json.dumps(
        {**asdict(progress), "updatedAt": now.isoformat()}, ensure_ascii=False
    )
