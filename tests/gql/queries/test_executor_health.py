"""`executors`: where jobs can run, and how that fares."""

from datetime import timedelta
from typing import Any

import pytest

from jobwire.jobs.executors.internal import WORKER_APPLICATION
from jobwire.models.database import Database
from tests.gql.client import Api
from tests.jobs.rig import Rig
from tests.jobs.wire import Fault

EXECUTORS = """{ executors { executor health reason checkedAt capabilities {
  cancelRunning confirmsCancel forceCancel progress backoff maxDataBytes } } }"""


async def trigger(api: Api, caller: str = "alice") -> dict[str, Any]:
    """Return what is told of TRIGGER."""
    [_, found] = (await api.data(EXECUTORS, caller=caller))["executors"]
    assert found["executor"] == "TRIGGER"
    told: dict[str, Any] = found
    return told


async def test_an_environment_that_answers_is_healthy(api: Api, rig: Rig) -> None:
    found = await trigger(api)

    assert (found["health"], found["reason"]) == ("HEALTHY", None)
    assert found["checkedAt"].startswith(f"{rig.clock.now():%Y-%m-%dT%H:%M:%S}")
    assert found["capabilities"] == {
        "cancelRunning": True,
        "confirmsCancel": True,
        "forceCancel": True,
        "progress": True,
        "backoff": True,
        "maxDataBytes": 512 * 1024,
    }


async def test_an_environment_that_does_not_answer_is_unreachable(
    api: Api, rig: Rig
) -> None:
    rig.wire.fail("list", Fault.REFUSED)

    found = await trigger(api)

    assert found["health"] == "UNREACHABLE"
    assert "connection refused" in found["reason"]


async def test_an_environment_that_answers_once_and_no_more_is_unreachable(
    api: Api, rig: Rig
) -> None:
    rig.wire.fail("environment", Fault.REFUSED)

    assert (await trigger(api))["health"] == "UNREACHABLE"


@pytest.mark.parametrize("status", [401, 500])
async def test_an_environment_that_refuses_or_fails_is_degraded(
    api: Api, rig: Rig, status: int
) -> None:
    rig.wire.fail("list", status, words="not today")

    found = await trigger(api)

    assert found["health"] == "DEGRADED"
    assert "not today" in found["reason"]


async def test_losses_that_wait_for_an_operator_degrade_it(api: Api, rig: Rig) -> None:
    for _ in range(6):
        await rig.linked()
    rig.wire.unknown = None
    rig.clock.advance(timedelta(hours=1))
    report = await rig.reconciler.reconcile()

    found, of_user = await trigger(api, "admin"), await trigger(api)

    assert (found["health"], found["reason"]) == ("DEGRADED", report.withheld)
    # A user is not told how many jobs others have.
    assert of_user["health"] == "DEGRADED"
    assert "operator" in of_user["reason"]
    assert not any(letter.isdigit() for letter in of_user["reason"])
    rig.clock.advance(1)
    await rig.reconciler.reconcile(accept_losses=True)
    assert (await trigger(api))["health"] == "HEALTHY"


async def test_without_trigger_dev_it_is_not_configured(api: Api) -> None:
    found = await trigger(api)

    assert (found["health"], found["checkedAt"]) == ("NOT_CONFIGURED", None)
    assert found["reason"]


async def test_workers_make_the_internal_one_healthy(
    api: Api, database: Database
) -> None:
    [internal, _] = (await api.data(EXECUTORS))["executors"]
    assert internal["health"] == "UNREACHABLE"
    assert "jobwire worker" in internal["reason"]

    worker = await Database.open(
        database.url, max_size=1, application_name=WORKER_APPLICATION
    )
    async with worker.connection():
        [internal, _] = (await api.data(EXECUTORS))["executors"]
    await worker.close()

    assert (internal["health"], internal["reason"]) == ("HEALTHY", None)


async def test_it_needs_the_scope_of_readers(api: Api) -> None:
    assert await api.codes(EXECUTORS, caller="writer") == ["FORBIDDEN"]
