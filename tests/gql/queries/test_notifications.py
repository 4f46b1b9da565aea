"""`notifications` and `resendNotification`: the log for operators alone."""

from collections.abc import AsyncIterator

import pytest

from jobwire.jobs.identifiers import job_id_text
from jobwire.models.database import Database
from tests.clock import FakeClock
from tests.gql.client import Api
from tests.gql.types import MakeJob
from tests.jobs.notifications.conftest import SHOP, Notifying

READ = """query ($status: NotificationStatus, $job: ID, $first: Int, $after: String) {
  notifications(status: $status, jobId: $job, first: $first, after: $after) {
    nodes { id type jobId jobVersion target status attemptCount statusCode error
            createdAt nextAttemptAt endedAt body }
    edges { cursor node { id } }
    pageInfo { hasNextPage endCursor }
  } }"""
RESEND = """mutation ($id: ID!) { resendNotification(input: {id: $id}) {
  notification { id status attemptCount } errors { code message } } }"""


@pytest.fixture
async def notifying(database: Database, clock: FakeClock) -> AsyncIterator[Notifying]:
    async with database.connection() as connection:
        yield Notifying(database, connection, clock)


async def test_an_operator_reads_what_was_told(
    api: Api, notifying: Notifying, make_job: MakeJob
) -> None:
    await notifying.record_all()
    job = await make_job()
    await notifying.record_all()

    found = (await api.data(READ, caller="admin"))["notifications"]

    [one] = found["nodes"]
    assert one["id"].startswith("ntf_")
    assert one["body"]["data"]["event"]["kind"] == "CREATED"
    assert {name: one[name] for name in ("type", "jobId", "jobVersion", "target")} == {
        "type": "job.created",
        "jobId": job_id_text(job.id),
        "jobVersion": 1,
        "target": SHOP,
    }
    assert (one["status"], one["attemptCount"], one["endedAt"]) == ("PENDING", 0, None)


async def test_it_is_paged_and_filtered(
    api: Api, notifying: Notifying, make_job: MakeJob
) -> None:
    await notifying.record_all()
    jobs = []
    for _ in range(3):
        jobs.append(await make_job())
        await notifying.record_all()

    async def read(**arguments: object) -> list[str]:
        page = await api.data(READ, caller="admin", **arguments)
        return [one["jobId"] for one in page["notifications"]["nodes"]]

    page = (await api.data(READ, caller="admin", first=2))["notifications"]
    rest = await read(first=2, after=page["pageInfo"]["endCursor"])

    newest_first = [job_id_text(job.id) for job in reversed(jobs)]
    assert [one["jobId"] for one in page["nodes"]] + rest == newest_first
    assert await read(job=str(jobs[0].id)) == newest_first[-1:]
    assert await read(status="FAILED") == []
    assert await read(status="PENDING", job=newest_first[0]) == newest_first[:1]


async def test_one_is_sent_again(
    api: Api, notifying: Notifying, make_job: MakeJob
) -> None:
    await notifying.record_all()
    await make_job()
    await notifying.record_all()
    [claimed] = await notifying.claim()

    told = (await api.data(RESEND, caller="admin", id=claimed.message_id))[
        "resendNotification"
    ]

    assert told["errors"] == []
    assert told["notification"] == {
        "id": claimed.message_id,
        "status": "PENDING",
        "attemptCount": 1,
    }
    assert len(await notifying.claim()) == 1


async def test_one_that_is_not_there_is_refused(api: Api) -> None:
    told = (await api.data(RESEND, caller="admin", id="ntf_x"))["resendNotification"]

    assert told["notification"] is None
    assert [one["code"] for one in told["errors"]] == ["NOT_FOUND"]


async def test_what_names_no_job_is_refused(api: Api) -> None:
    assert await api.codes(READ, caller="admin", job="x") == ["NOT_FOUND"]


async def test_only_operators_may(api: Api) -> None:
    assert await api.codes(READ) == ["FORBIDDEN"]
    told = (await api.data(RESEND, id="ntf_x"))["resendNotification"]
    assert [one["code"] for one in told["errors"]] == ["FORBIDDEN"]
