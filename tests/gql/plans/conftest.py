"""A world of jobs in which every field of theirs has every kind of value."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from jobwire.jobs.identifiers import job_id_text, type_id
from jobwire.models.vocabulary import JobStatus
from tests.clock import FakeClock
from tests.gql.client import Api
from tests.gql.types import MakeJob
from tests.jobs.cron.conftest import Crons

#: What JSON text has to write in other ways than others do.
ODD = 'a"b\\c/d\u2027é😀<&>'
#: What only jobs of our own workers can be.
OURS = {JobStatus.RETRYING}
CANCEL = """mutation { cancelJobs(input: {select: {filter: {tags: ["odd"]}}}) {
  operation { id } } }"""


def _columns(number: int, clock: FakeClock) -> dict[str, Any]:
    """Vary the columns that any job may have."""
    now = clock.now()
    odd = number % 2 == 1
    return {
        "user_id": ("user-1", "user-2", f"user {ODD}")[number % 3],
        "tag": ODD if odd else "tag-1",
        "type": ("no-op", f"type {ODD}", "secret-report")[number % 3],
        "data": [{}, {ODD: [1, -2.5e-7, None, True, ODD]}, "x" * 3000][number % 3],
        "metadata": {ODD: ODD} if odd else {},
        "priority": number % 10,
        "concurrency_key": ODD if odd else None,
        "max_duration": timedelta(hours=30, milliseconds=5) if odd else None,
        "expires_at": now + timedelta(days=1, microseconds=1999) if odd else None,
        "secret_data": number % 4 == 1,
        "secret_result": number % 4 == 2,
        "progress": {"fraction": 0.25, "message": ODD} if odd else None,
    }


@pytest.fixture
async def furnished(
    api: Api, make_job: MakeJob, crons: Crons, clock: FakeClock
) -> Sequence[str]:
    """The ids of what is there: jobs in every status, and something of other kinds."""
    schedule = await crons.schedule()
    ids = [type_id("sch", schedule.id)]
    before = None
    for number, status in enumerate([*JobStatus, *JobStatus]):
        clock.advance(timedelta(seconds=1, microseconds=1234))
        runs = status is JobStatus.WAITING or number >= len(JobStatus)
        job = await make_job(
            status=status.value,
            executor="trigger" if runs and status not in OURS else "internal",
            schedule_id=schedule.id if number % 5 == 0 else None,
            replay_of=before,
            **_columns(number, clock),
        )
        before = job.id
        ids.append(job_id_text(job.id))
        if number % 6 == 0:
            ids += [f"{ids[-1].replace('job', part, 1)}_1" for part in ("att", "evt")]
    ids.append((await api.data(CANCEL))["cancelJobs"]["operation"]["id"])
    return ids
