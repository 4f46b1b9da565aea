"""What doctor says of workers and of what waits for them."""

from datetime import UTC, datetime, timedelta

import pytest

from jobwire.app.doctor.clocks import judge
from jobwire.app.doctor.finding import Verdict
from jobwire.jobs.executors.internal import WORKER_APPLICATION
from jobwire.jobs.feed.epoch import read_epoch
from jobwire.jobs.installation import settle_in
from jobwire.models.database import Database
from tests.app.doctor.conftest import Examine
from tests.factories import insert_job


async def test_no_worker_is_a_warning_and_keeps_nothing_from_being_checked(
    on_database: Examine, database: Database
) -> None:
    assert database.schema == "public"

    found = await on_database()

    assert found["workers"].verdict is Verdict.WARNING
    assert "none is connected" in found["workers"].found
    assert found["duties"].verdict is Verdict.OK


async def test_workers_are_told_by_their_connections_leases_and_duties(
    on_database: Examine, database: Database
) -> None:
    now = datetime.now(UTC)  # noqa: TID251 - that of the database is compared
    worker = await database.connect(application_name=WORKER_APPLICATION)
    async with database.connection() as connection:
        await insert_job(
            connection,
            now=now,
            status="RUNNING",
            leased_by="host:1:aa",
            leased_until=now + timedelta(minutes=1),
        )
        await connection.execute(
            """INSERT INTO duties (name, holder, term, until)
               VALUES ('counts', 'host:1:aa', 1, now() + interval '1 minute'),
                      ('retention', 'host:2:bb', 1, now() - interval '1 minute')"""
        )
    try:
        found = await on_database()
    finally:
        await worker.close()

    assert found["workers"].found == (
        "1 connections of workers\nhost:1:aa: 1 jobs, duties: counts"
    )
    assert found["duties"].verdict is Verdict.WARNING
    assert "retention: nobody for 6" in found["duties"].found


async def test_a_job_that_waits_too_long_is_told(
    on_database: Examine, database: Database
) -> None:
    now = datetime.now(UTC)  # noqa: TID251 - as above
    async with database.connection() as connection:
        await insert_job(connection, now=now - timedelta(hours=1), status="QUEUED")

    told = (await on_database())["ready jobs"]

    assert told.verdict is Verdict.WARNING
    assert "the oldest has been ready for 3,6" in told.found


async def test_a_database_that_was_copied_is_told(
    on_database: Examine, database: Database
) -> None:
    async with database.connection() as connection:
        await settle_in(connection)
        await read_epoch(connection)
        fresh = await on_database()
        await connection.execute("UPDATE installation SET system_identifier = '7'")
        await connection.execute("DELETE FROM feed_witness")
        try:
            found = await on_database()
        finally:
            await connection.execute(
                "UPDATE installation SET system_identifier = NULL, database_oid = NULL"
            )

    assert fresh["installation"].verdict is Verdict.OK
    assert fresh["feed"].verdict is Verdict.OK
    assert found["installation"].verdict is Verdict.FAILED
    assert "`jobwire installation keep`" in found["installation"].advice
    assert found["feed"].verdict is Verdict.WARNING
    assert "no epoch holds" in found["feed"].found


async def test_jobs_that_were_not_counted_are_told(
    on_database: Examine, database: Database
) -> None:
    async with database.connection() as connection:
        await connection.execute("UPDATE job_counts_state SET is_complete = false")

    told = (await on_database())["counts"]

    assert told.verdict is Verdict.WARNING


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [
        (0.4, Verdict.OK),
        (-2.9, Verdict.OK),
        (3, Verdict.WARNING),
        (-299, Verdict.WARNING),
        (300, Verdict.FAILED),
        (-3600, Verdict.FAILED),
    ],
)
def test_clocks_are_judged_by_how_far_they_are_apart(
    seconds: float, verdict: Verdict
) -> None:
    finding = judge(timedelta(seconds=seconds), whose="Its clock")

    assert finding.verdict is verdict
    assert ("behind" in finding.found) is (seconds < 0)
