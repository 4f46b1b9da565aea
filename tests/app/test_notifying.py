"""Notifications from the settings to the wire: the API here, a worker there."""

from collections.abc import AsyncIterator

import pytest

from jobwire import Jobwire, Notify, Settings, job, schedule_job
from jobwire.jobs.notifications.targets import MissingSecretError
from jobwire.models.database import Database
from jobwire.triggerdev import verify
from tests.receiver import SECRET, Receiver, running_receiver
from tests.worker.conftest import until

pytestmark = pytest.mark.usefixtures("bare_environment")


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with running_receiver() as receiver:
        yield receiver


@job("greet")
async def greet() -> str:
    return "hello"


async def test_the_worker_notifies_of_what_the_api_takes_in(
    database: Database, receiver: Receiver
) -> None:
    told = {"notify_url": receiver.url, "notify_secret": SECRET}
    api = Jobwire(Settings(database_url=str(database.url)), jobs=[greet], worker=False)
    worker = Jobwire(Settings(database_url=str(database.url), **told), jobs=[greet])
    async with api, worker, database.connection() as connection:

        async def recording() -> bool:
            return bool(await connection.fetch("SELECT FROM notification_cursor"))

        await until(recording, "a cursor")
        record = await schedule_job(api, type="greet", tag="t", user_id="u", data={})
        posted = await receiver.count(3)

        for one in posted:
            verify(one.body, one.headers, [SECRET], now=api.engine.clock.now())
        assert {one.json["data"]["job"]["id"] for one in posted} == {record.id}

        async def counted() -> bool:
            figures = (await worker.fresh_metrics()).registry
            delivered = figures.get_sample_value(
                "jobwire_notifications_total", {"outcome": "delivered"}
            )
            age = figures.get_sample_value("jobwire_notification_age_seconds")
            return delivered == 3 and age == 0

        await until(counted, "the figures")


async def test_a_worker_does_not_start_that_could_not_sign(database: Database) -> None:
    @job("report", notify=Notify("https://billing.example/hooks"))
    async def report() -> None:
        return None

    settings = Settings(database_url=str(database.url))
    with pytest.raises(MissingSecretError, match="'report' notifies"):
        async with Jobwire(settings, jobs=[report]):
            pass

    # Whoever runs no jobs signs nothing.
    async with Jobwire(settings, jobs=[report], worker=False):
        pass
