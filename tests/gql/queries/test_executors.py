"""`executors`: where jobs can run, and how that fares."""

from dataclasses import replace
from typing import Any

from jobwire.jobs.engine import Engine
from jobwire.jobs.executors.internal import WORKER_APPLICATION
from jobwire.jobs.placement import PlacementPolicy
from tests.gql.client import Api
from tests.gql.host import Host

QUERY = """{ executors {
  executor health reason checkedAt
  capabilities {
    cancelRunning confirmsCancel forceCancel progress backoff maxDataBytes
  }
} }"""


async def _executors(api: Api) -> dict[str, Any]:
    found = (await api.data(QUERY))["executors"]
    return {one["executor"]: one for one in found}


async def test_internal_is_unreachable_while_no_worker_is_connected(api: Api) -> None:
    internal = (await _executors(api))["INTERNAL"]

    assert internal["health"] == "UNREACHABLE"
    assert "jobwire worker" in internal["reason"]
    assert internal["checkedAt"] == "2026-01-02T03:04:05.000Z"


async def test_internal_is_healthy_while_a_worker_is_connected(
    api: Api, engine: Engine
) -> None:
    worker = await engine.database.connect(application_name=WORKER_APPLICATION)
    try:
        internal = (await _executors(api))["INTERNAL"]
    finally:
        await worker.close()

    assert (internal["health"], internal["reason"]) == ("HEALTHY", None)


async def test_without_trigger_dev_the_reason_is_told(
    api: Api, host: Host, engine: Engine
) -> None:
    host.engine = replace(engine, policy=PlacementPolicy("It is switched off."))

    trigger = (await _executors(api))["TRIGGER"]

    assert trigger["health"] == "NOT_CONFIGURED"
    assert trigger["reason"] == "It is switched off."
    assert trigger["checkedAt"] is None


async def test_each_place_tells_what_it_can_do(api: Api) -> None:
    everything = {
        "cancelRunning": True,
        "confirmsCancel": True,
        "forceCancel": True,
        "progress": True,
        "backoff": True,
        "maxDataBytes": 512 * 1024,
    }

    found = await _executors(api)

    assert {name: one["capabilities"] for name, one in found.items()} == {
        "INTERNAL": everything,
        "TRIGGER": everything,
    }


async def test_a_caller_without_a_scope_is_refused(api: Api) -> None:
    assert await api.codes(QUERY, caller="scopeless") == ["FORBIDDEN"]
