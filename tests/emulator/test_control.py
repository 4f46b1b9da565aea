"""The control API: the clock, the faults, and who may turn them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from jobwire.emulator import Emulator, ManualClock
from tests.clock import FakeClock
from tests.emulator.stage import Stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """An emulator with a clock of its own, which stands still."""
    clock = ManualClock(FakeClock().now())
    async with Emulator(tmp_path, clock=clock) as emulator:
        stage = Stage(emulator, clock)
        async with stage.http:
            yield stage


async def told(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_the_clock_is_moved_from_step_to_step(stage: Stage) -> None:
    run = await stage.triggered("my-task")

    moved = await told(await stage.http.post("/emulator/clock", json={"advance": 2}))

    assert moved == {"now": "2026-01-02T03:04:07.000Z", "isFrozen": True}
    finished = (await stage.retrieve(run))["finishedAt"]
    assert finished == "2026-01-02T03:04:05.600Z"


async def test_the_clock_is_released_and_frozen(stage: Stage) -> None:
    released = await told(
        await stage.http.post("/emulator/clock", json={"release": True})
    )
    frozen = await told(await stage.http.post("/emulator/clock", json={"freeze": True}))

    assert (released["isFrozen"], frozen["isFrozen"]) == (False, True)
    assert await told(await stage.http.get("/emulator/clock")) == frozen


@pytest.mark.parametrize(
    "order", [{}, {"advance": -1}, {"advance": "1"}, {"advance": True}, {"back": 1}]
)
async def test_what_no_clock_can_do_is_refused(stage: Stage, order: Any) -> None:
    await told(await stage.http.post("/emulator/clock", json=order), 400)


async def test_a_fault_is_added_listed_and_removed(stage: Stage) -> None:
    fault = {"kind": "answer", "status": 503, "route": "GET *", "times": 2}

    added = await told(await stage.http.post("/emulator/faults", json=fault))
    await stage.http.get("/api/v1/runs")
    listed = await told(await stage.http.get("/emulator/faults"))
    removed = await told(await stage.http.delete(f"/emulator/faults/{added['id']}"))
    again = await stage.http.delete(f"/emulator/faults/{added['id']}")

    assert added == {
        "id": "fault_1",
        "kind": "answer",
        "status": 503,
        "route": "GET *",
        "times": 2,
        "retryAfter": 1.0,
        "accepted": False,
        "used": 0,
        "left": 2,
    }
    assert listed == {"faults": [{**added, "used": 1, "left": 1}]}
    assert removed == {"id": "fault_1"}
    assert await told(again, 404) == {"error": "There is no fault fault_1."}
    assert (await stage.http.get("/api/v1/runs")).status_code == 200


async def test_all_faults_are_removed_at_once(stage: Stage) -> None:
    for kind in ("stop-ticking", "lose-webhook"):
        await told(await stage.http.post("/emulator/faults", json={"kind": kind}))

    await told(await stage.http.delete("/emulator/faults"))

    assert stage.emulator.faults.active() == ()


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"kind": "gremlin"}, "kind must be one of answer, slow, drop, crash, "),
        ({"kind": "slow"}, "slow needs seconds."),
        ({"kind": "slow", "seconds": "1"}, "seconds must be a number."),
        ({"kind": "slow", "seconds": -1}, "seconds must be 0 or more."),
        ({"kind": "answer", "status": 99}, "status must be from 200 to 599."),
        ({"kind": "answer", "status": 5.5}, "status must be a whole number."),
        ({"kind": "answer", "times": 0}, "times must be 1 or more."),
        ({"kind": "answer", "howOften": 1}, "answer has no howOften."),
        ({"kind": "drop", "accepted": 1}, "accepted must be true or false."),
        ({"kind": "drop", "route": 1}, "route must be a text."),
        ({"kind": "stop-ticking", "times": 1}, "stop-ticking has no times."),
        ({"kind": "duplicate-webhook", "copies": 0}, "copies must be 1 or more."),
        ({"kind": "lose-webhook", "channel": "x"}, "channel must be alerts or hooks."),
        ({"kind": "corrupt-webhook", "part": "x"}, "part must be signature or body."),
        ({"kind": "crash"}, "this emulator cannot crash: it was given no `crash`."),
    ],
    ids=str,
)
async def test_what_is_no_fault_is_refused_with_the_reason(
    stage: Stage, fault: Any, reason: str
) -> None:
    refusal = await told(await stage.http.post("/emulator/faults", json=fault), 422)

    assert refusal["error"].startswith(f"The fault cannot be: {reason}")
    assert stage.emulator.faults.active() == ()


async def test_what_is_no_json_is_refused(stage: Stage) -> None:
    await told(await stage.http.post("/emulator/faults", content=b"{"), 400)
    await told(await stage.http.post("/emulator/faults", content=b"[]"), 400)


async def test_the_state_shows_runs_from_the_newest(stage: Stage) -> None:
    first = await stage.triggered("process-large-dataset", tags=["a"])
    await stage.advance(1.2)
    second = await stage.triggered("my-task")

    state = await told(await stage.http.get("/emulator/state"))

    assert [run["id"] for run in state["runs"]] == [second, first]
    assert state["runs"][1] == {
        "id": first,
        "task": "process-large-dataset",
        "status": "EXECUTING",
        "isTerminal": False,
        "attempt": 1,
        "createdAt": "2026-01-02T03:04:05.000Z",
        "tags": ["a"],
        "progress": "1000 of 20000 rows",
    }
    assert state["clock"]["isFrozen"] is True
    assert state["tasks"][0] == "my-task"


async def test_a_run_is_canceled(stage: Stage) -> None:
    run = await stage.triggered("my-task")

    await told(await stage.http.post(f"/emulator/runs/{run}/cancel"))
    await told(await stage.http.post("/emulator/runs/run_none/cancel"), 404)

    assert await stage.status(run) == "CANCELED"


def caller(stage: Stage, client: str, host: str, **headers: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(stage.emulator.app, client=(client, 1)),
        base_url=f"http://{host}",
        headers=headers,
    )


@pytest.mark.parametrize(
    ("client", "host", "headers", "status"),
    [
        ("127.0.0.1", "127.0.0.1:8030", {}, 200),
        ("::1", "localhost:8030", {}, 200),
        ("127.0.0.1", "localhost", {"origin": "http://localhost"}, 200),
        ("127.0.0.1", "localhost", {"origin": "https://evil.test"}, 403),
        ("127.0.0.1", "localhost", {"origin": "null"}, 403),
        ("127.0.0.1", "evil.test", {}, 403),
        ("127.0.0.1", "localhost", {"x-forwarded-for": "192.0.2.1"}, 403),
        ("192.0.2.1", "localhost", {}, 403),
        ("192.0.2.1", "localhost", {"authorization": "Bearer tr_dev_wrong"}, 403),
        ("192.0.2.1", "there", {"authorization": "Bearer tr_dev_emulator"}, 200),
    ],
    ids=str,
)
async def test_it_is_controlled_from_its_machine_or_with_its_key(
    stage: Stage, client: str, host: str, headers: dict[str, str], status: int
) -> None:
    async with caller(stage, client, host, **headers) as http:
        for path in ("/", "/emulator", "/emulator/faults", "/emulator/page/page.js"):
            assert (await http.get(path)).status_code == status
        fault = {"kind": "stop-ticking"}
        added = await http.post("/emulator/faults", json=fault)

    assert added.status_code == status
    assert stage.emulator.faults.stops_ticking is (status == 200)


async def test_the_page_has_a_strict_policy_and_only_its_own_files(
    stage: Stage,
) -> None:
    page = await stage.http.get("/")
    script = await stage.http.get("/emulator/page/page.js")

    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["content-type"].startswith("text/html")
    assert script.headers["content-type"].startswith("text/javascript")
    for name in ("none.js", "..%2Fstate.py", "index.html"):
        assert (await stage.http.get(f"/emulator/page/{name}")).status_code == 404


async def test_what_is_not_ours_is_not_found_as_on_the_real_server(
    stage: Stage,
) -> None:
    assert (await stage.http.get("/emulators")).status_code == 404
    assert (await stage.http.get("/emulator/nothing")).status_code == 404
