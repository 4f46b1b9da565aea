"""An emulator beside a test, from tests with and without an event loop."""

import json
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from jobwire.emulator import Answer, Crash, EmulatorError, LoseWebhook, Task, TaskError
from jobwire.testing import Receiver, run_emulator
from jobwire.triggerdev import construct_event
from tests.emulator.stage import CURRENT
from tools.record_hooks import Receiver as PostReceiver

FAIL = Task("fail", duration=60, error=TaskError("no"), retry=None)


def http_of(running: object) -> httpx.Client:
    headers = {"authorization": f"Bearer {running.secret_key}", **CURRENT}
    return httpx.Client(base_url=running.url, headers=headers, trust_env=False)


def test_a_test_without_a_loop_moves_its_clock(tmp_path: Path) -> None:
    with run_emulator(tmp_path, tasks=[FAIL]) as running, http_of(running) as http:
        running.freeze()
        began = running.now()
        made = http.post("/api/v1/tasks/fail/trigger", json={}).json()
        running.advance(3600)
        run = http.get(f"/api/v3/runs/{made['id']}").json()

        assert run["status"] == "FAILED"
        assert running.now() - began == timedelta(hours=1)
        running.release()
        assert running.now() > began


async def test_an_async_test_uses_the_client(tmp_path: Path) -> None:
    with run_emulator(tmp_path) as running:
        async with running.client() as client:
            made = await client.tasks.trigger("my-task", {"name": "Ann"})
            await running.advance_async(60)
            run = await client.runs.retrieve(made.id)

    assert run.output == {"message": "Hello, Ann!", "payload": {"name": "Ann"}}


def test_faults_are_added_and_removed(tmp_path: Path) -> None:
    with run_emulator(tmp_path) as running, http_of(running) as http:
        active = running.faults.add(Answer(status=503))
        broken = http.get("/api/v1/runs").status_code
        listed = running.faults.active()
        removed = running.faults.remove(active.id)
        whole = http.get("/api/v1/runs").status_code
        running.faults.add(LoseWebhook())
        running.faults.clear()

        assert running.faults.active() == ()
    assert (broken, whole, removed) == (503, 200, True)
    assert [one.used for one in listed] == [1]


async def test_a_receiver_hears_hooks_and_alerts(
    tmp_path: Path, receiver: PostReceiver
) -> None:
    heard = Receiver(receiver.url, "a secret of webhooks")
    with run_emulator(tmp_path, tasks=[FAIL], receiver=heard) as running:
        async with running.client() as client:
            made = await client.tasks.trigger("fail", None)
            await running.advance_async(61)
        now = running.now()
    events = [
        construct_event(one.body, one.headers, [heard.secret], now=now)
        for one in await receiver.wait_for(3)
    ]

    assert [type(event).__name__ for event in events] == [
        "HookEvent",
        "HookEvent",
        "RunFailedAlert",
    ]
    assert {event.run_id for event in events} == {made.id}


@pytest.mark.parametrize(
    ("hooks", "alerts", "types"),
    [
        (True, False, ["RUN_STARTED", "RUN_FAILED"]),
        (False, True, ["alert.run.failed"]),
    ],
)
def test_a_receiver_may_hear_one_of_both(
    tmp_path: Path,
    receiver: PostReceiver,
    types: list[str],
    *,
    hooks: bool,
    alerts: bool,
) -> None:
    heard = Receiver(receiver.url, "a secret", hooks=hooks, alerts=alerts)
    with (
        run_emulator(tmp_path, tasks=[FAIL], receiver=heard) as running,
        http_of(running) as http,
    ):
        http.post("/api/v1/tasks/fail/trigger", json={})
        running.advance(61)

    assert [json.loads(one.body)["type"] for one in receiver.posted] == types


def test_its_environment_points_there(tmp_path: Path) -> None:
    with run_emulator(tmp_path, secret_key="tr_dev_4f9sKq2LmXw7") as running:
        assert running.environment == {
            "TRIGGER_API_URL": running.url,
            "TRIGGER_SECRET_KEY": "tr_dev_4f9sKq2LmXw7",
        }


def test_its_state_is_there_for_the_next_one(tmp_path: Path) -> None:
    with run_emulator(tmp_path) as running, http_of(running) as http:
        running.freeze()
        made = http.post("/api/v1/tasks/my-task/trigger", json={}).json()
    with run_emulator(tmp_path) as running, http_of(running) as http:
        assert http.get(f"/api/v3/runs/{made['id']}").status_code == 200


def test_it_crashes_after_accepting_and_comes_back_with_what_it_kept(
    tmp_path: Path,
) -> None:
    with run_emulator(tmp_path) as running, http_of(running) as http:
        running.freeze()
        running.faults.add(Answer(status=500, route="GET */nothing"))
        running.faults.add(Crash(route="POST *"))
        with pytest.raises(httpx.TransportError):
            http.post("/api/v1/tasks/my-task/trigger", json={})
        assert running.crashed.wait(10)
        with pytest.raises(httpx.TransportError):
            http.get("/api/v1/runs")

        running.restart()
        running.advance(10)
        [run] = http.get("/api/v1/runs").json()["data"]

        assert run["status"] == "COMPLETED"
        assert running.faults.active() == ()
        assert not running.crashed.is_set()


def test_it_is_started_again_although_it_lives(tmp_path: Path) -> None:
    with run_emulator(tmp_path) as running, http_of(running) as http:
        running.freeze()
        made = http.post("/api/v1/tasks/my-task/trigger", json={}).json()
        running.restart()

        assert http.get(f"/api/v3/runs/{made['id']}").status_code == 200


def test_what_cannot_be_opened_is_told_where_it_was_asked_for(tmp_path: Path) -> None:
    with (
        run_emulator(tmp_path),
        pytest.raises(EmulatorError, match="already runs"),
        run_emulator(tmp_path),
    ):
        pass
