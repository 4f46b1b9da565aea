"""A process is killed at each await of dispatch, observe and claim.

Whatever it was doing, and however far it had come: when healthy processes go on, each
job ends once, as it had to, with one run or none, and its log says so.
"""

import json
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from jobwire.jobs.transitions.claim import claim
from jobwire.jobs.transitions.claim_limited import claim_limited
from jobwire.jobs.transitions.finish import Finish, Outcome, finish
from jobwire.jobs.transitions.rescue import rescue
from jobwire.worker.stop_runs import StopRunsLoop
from tests.emptying import empty
from tests.event_log import INVISIBLE
from tests.flows.awaits import Point, points_of
from tests.flows.conftest import Doomed
from tests.flows.cron_scenarios import REGISTRY, go_on
from tests.flows.doomed import MODULES
from tests.flows.scenario import Scenario
from tests.flows.scenarios import SCENARIOS
from tests.flows.watching import Moment
from tests.jobs.rig import RULES, Rig
from tests.worker.shared import share

#: They open and close the connections of a process, and hand over nothing.
OPENING = {
    "TriggerExecutor.__aenter__",
    "TriggerExecutor.__aexit__",
    "ClaimLoop.run",
}
POINTS = [point for point in points_of(MODULES) if point.owner not in OPENING]
KILLED = -9

#: For each point and moment, the scenario that reaches it first, and how many writes
#: to its sockets its process has made by then. A process that is killed leaves only
#: what it has sent, so moments of the same number are the same crash.
Reached = dict[tuple[str, str], tuple[str, int]]
#: What became of each crash.
Outcomes = dict[tuple[str, int], AssertionError | None]


async def act(rig: Rig, doomed: Doomed, api_url: str, name: str, **more: object) -> int:
    """Have a process do what a scenario says; return its exit code."""
    await forget_schedules(rig)
    facts = await SCENARIOS[name].prepare(rig)
    url = rig.database.url
    return await doomed.order(
        scenario=name,
        facts=facts,
        database=f"postgresql://{url.user}:{url.password}@{url.host}:{url.port}/{url.database}",
        api=api_url,
        key=rig.stage.emulator.secret_key,
        now=rig.clock.now().isoformat(),
        **more,
    )


async def forget_schedules(rig: Rig) -> None:
    """Have the other side fire nothing that an earlier scenario has left there."""
    answer = await rig.stage.http.get("/api/v1/schedules?perPage=100")
    for one in answer.json()["data"]:
        await rig.stage.http.delete(f"/api/v1/schedules/{one['id']}")


@pytest.fixture(scope="session")
async def reached(both_sides: tuple[Rig, str], doomed: Doomed) -> Reached:
    """Let each scenario run without a crash: which one reaches which point first."""
    rig, api_url = both_sides
    found: Reached = {}
    for name in SCENARIOS:
        rig.stage.emulator.faults.clear()
        async with rig.database.connection() as connection:
            await empty(connection)
        assert await act(rig, doomed, api_url, name) == 0, name
        for point, moment, writes in doomed.report():
            found.setdefault((point, moment), (name, writes))
    rig.stage.emulator.faults.clear()
    return found


@pytest.fixture(scope="session")
def outcomes() -> Outcomes:
    return {}


def test_the_points_are_told_apart() -> None:
    assert len({str(point) for point in POINTS}) == len(POINTS)
    assert len(POINTS) > 100


def test_every_await_has_a_case(reached: Reached) -> None:
    points = {point for point, _ in reached}

    assert [str(point) for point in POINTS if str(point) not in points] == []


@pytest.mark.parametrize("moment", Moment)
@pytest.mark.parametrize("point", POINTS, ids=str)
async def test_a_crash_is_survived(
    rig: Rig,
    doomed: Doomed,
    api_url: str,
    reached: Reached,
    outcomes: Outcomes,
    point: Point,
    moment: Moment,
) -> None:
    crash = reached.get((str(point), moment))
    assert crash is not None, "no scenario reaches it"
    if crash not in outcomes:
        try:
            await survive(rig, doomed, api_url, crash[0], [str(point), moment])
        except AssertionError as error:
            outcomes[crash] = error
        else:
            outcomes[crash] = None
    if (error := outcomes[crash]) is not None:
        raise error


async def survive(
    rig: Rig, doomed: Doomed, api_url: str, name: str, dies: list[str]
) -> None:
    """Kill a process amid a scenario, and have healthy ones go on."""
    scenario = SCENARIOS[name]

    code = await act(rig, doomed, api_url, name, dies=dies)
    assert code == KILLED
    if scenario.heals:
        rig.stage.emulator.faults.clear()

    await converge(rig)

    await assert_right(rig, scenario)


async def converge(rig: Rig) -> None:
    """Do what healthy workers do, until every job has ended."""
    await rig.stage.advance(RULES.lease.total_seconds())
    for _ in range(12):
        await rig.link_batches()
        await rig.decide()
        for dispatch in await rig.claim():
            await rig.dispatcher.send(dispatch)
        await StopRunsLoop(share(rig)).do_duty()
        await go_on(rig)
        await run_internal(rig)
        await rig.ask()
        await rig.syncer.ask_all()
        await rig.reconciler_of(registry=REGISTRY).reconcile()
        [left] = await rig.fetch(
            "SELECT count(*) AS jobs, count(*) FILTER (WHERE finished IS NULL) AS open"
            " FROM worker_jobs"
        )
        if left["jobs"] and not left["open"]:
            return
        # Where nothing has fired yet, until the next hour.
        await rig.stage.advance(70 if left["jobs"] else 3600)
    rows = await rig.fetch(
        "SELECT status, dispatch_state, trigger_run_id, cancel_outcome FROM worker_jobs"
    )
    raise AssertionError([dict(row) for row in rows])


async def run_internal(rig: Rig) -> None:
    async with rig.database.connection() as connection:
        now = rig.clock.now()
        await rescue(connection, now=now)
        terms: dict[str, Any] = {
            "worker": "healthy",
            "limit": 10,
            "lease": timedelta(seconds=30),
            "types": ["local"],
            "now": now,
        }
        claimed = await claim(connection, **terms)
        async with connection.transaction():
            claimed += (await claim_limited(connection, "narrow", **terms)).claimed
        ends = [Finish(one.id, one.fence, Outcome.SUCCEEDED) for one in claimed]
        await finish(connection, ends, worker="healthy", now=now)


async def assert_right(rig: Rig, scenario: Scenario) -> None:
    """Each job ended as it had to, once, with one run, and its log gives its row."""
    rows = await rig.fetch(
        "SELECT id, status, failure_kind, to_jsonb(j)::text AS row FROM worker_jobs j"
    )
    assert len(rows) == (scenario.jobs or len(rows) or 1)
    await assert_schedules_are_right(rig)
    assert await rig.fetch("SELECT 1 FROM queue_slots") == []
    for row in rows:
        end = scenario.end
        if end[0] == "SUCCEEDED" and row["failure_kind"]:
            # A batch of both kinds.
            end = ("FAILED", "TASK_ERROR")
        assert (row["status"], row["failure_kind"]) in (end, scenario.or_else)
        runs = await rig.runs(row["id"])
        assert len(runs) == scenario.runs
        await assert_log_is_right(rig, row["id"], json.loads(row["row"]))
        await assert_attempts_are_right(rig, row["id"])


async def assert_schedules_are_right(rig: Rig) -> None:
    """Trigger.dev fires what it is to fire, and each of its runs has its job."""
    answer = await rig.stage.http.get("/api/v1/schedules?perPage=100")
    theirs = {one["id"]: one["active"] for one in answer.json()["data"]}
    rows = await rig.fetch(
        "SELECT trigger_schedule_id, is_paused, sync_state FROM job_schedules"
        " WHERE owner = 'TRIGGER_DEV' AND deleted_at IS NULL"
    )
    assert {row["sync_state"] for row in rows} <= {"SYNCED"}
    assert {row["trigger_schedule_id"]: not row["is_paused"] for row in rows} == theirs
    adopted = await rig.fetch(
        "SELECT trigger_run_id FROM worker_jobs WHERE dispatch_number = 0"
        " AND trigger_run_id IS NOT NULL"
    )
    runs = [
        run
        for id in theirs
        for run in await rig.stage.listed_ids(
            **{"filter[schedule]": id, "filter[createdAt][from]": "0"}
        )
    ]
    assert {row["trigger_run_id"] for row in adopted} >= set(runs)


async def assert_log_is_right(rig: Rig, job_id: UUID, row: dict[str, object]) -> None:
    folded: dict[str, object] = {}
    ends = 0
    events = await rig.fetch(
        "SELECT version, from_status, to_status, changes::text FROM job_events"
        " WHERE job_id = $1 ORDER BY version",
        job_id,
    )
    for place, event in enumerate(events, start=1):
        assert event["version"] == place
        assert event["from_status"] == folded.get("status")
        folded |= json.loads(event["changes"])
        assert event["to_status"] == folded["status"]
        ends += "finished" in json.loads(event["changes"]) and place > 1
    assert ends == 1
    visible = {name: value for name, value in row.items() if name not in INVISIBLE}
    assert {name: folded.get(name) for name in visible} == visible


async def assert_attempts_are_right(rig: Rig, job_id: UUID) -> None:
    """None overlaps, none goes on after the end, and one end was accepted."""
    attempts = await rig.fetch(
        "SELECT status, started_at, finished_at FROM job_attempts WHERE job_id = $1"
        " ORDER BY number",
        job_id,
    )
    for one, following in pairwise(attempts):
        assert one["finished_at"] <= following["started_at"]
    assert all(one["status"] != "RUNNING" for one in attempts)
    assert sum(one["status"] == "SUCCEEDED" for one in attempts) <= 1
