"""The horizon loop: somebody's long transaction is told once."""

from datetime import timedelta

import pytest

from jobwire.jobs.decorator import job
from tests.worker.conftest import Workbench, until

INSTANT = timedelta(milliseconds=1)


@job("here")
async def here() -> None:
    """Run at once."""


async def test_a_long_transaction_is_told_once_by_one_worker(
    bench: Workbench, caplog: pytest.LogCaptureFixture
) -> None:
    other = await bench.database.connect(application_name="a report")
    pid = str(other.get_server_pid())

    def told() -> list[str]:
        return [
            one.getMessage()
            for one in caplog.records
            if getattr(one, "action", None) == "horizon-held" and one.holder == pid
        ]

    try:
        async with other.transaction():
            await other.fetch("SELECT pg_current_xact_id()")
            for _ in range(2):
                await bench.start(
                    here, long_transaction=INSTANT, horizon_interval=INSTANT
                )

            async def is_told() -> bool:
                return bool(told())

            await until(is_told, "a warning")
            # Many passes later.
            await bench.ended(await bench.schedule("here"))
    finally:
        await other.close()

    [line] = told()
    assert "a report" in line
    assert f"SELECT pg_terminate_backend({pid})" in line
