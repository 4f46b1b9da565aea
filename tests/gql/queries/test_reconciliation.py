"""`reconciliation`: its last report, how quick each path is, what had drifted."""

from datetime import timedelta

from jobwire.jobs.identifiers import job_id_text
from tests.gql.client import Api
from tests.jobs.losses import gone
from tests.jobs.rig import Rig, hook

READ = """{ reconciliation {
  last { environment: error checkedCount listedCount correctedCount suspects { id }
         disagreements { jobId } finishedAt }
  oldestUnconfirmed
  lags { source p50 p99 }
} }"""
DRIFTS = """query ($first: Int, $after: String) { reconciliation {
  drifts(first: $first, after: $after) {
    nodes { jobId kind toStatus detail }
    pageInfo { hasNextPage hasPreviousPage endCursor }
  } } }"""


async def test_before_the_first_pass_there_is_nothing_to_tell(
    api: Api, rig: Rig
) -> None:
    found = (await api.data(READ, caller="admin"))["reconciliation"]

    assert found == {"last": None, "oldestUnconfirmed": None, "lags": []}
    assert rig.wire.sent == {}


async def test_it_tells_of_the_last_pass(api: Api, rig: Rig) -> None:
    await rig.linked("fails")
    await rig.stage.advance(5)
    await rig.reconciler.reconcile()
    [job] = await gone(rig, 1)
    await rig.reconciler.reconcile()
    rig.clock.advance(7)

    found = (await api.data(READ, caller="admin"))["reconciliation"]

    assert found["last"]["checkedCount"] == 1
    assert found["last"]["suspects"] == [{"id": job_id_text(job.id)}]
    assert found["last"]["disagreements"] == []
    assert found["oldestUnconfirmed"] == "PT7S"


async def test_lags_are_told_by_the_path_that_ended_the_job(api: Api, rig: Rig) -> None:
    job = await rig.linked("fails")
    await rig.stage.advance(5)
    ended = (await rig.executor.retrieve(job.trigger_run_id or "")).updated_at
    rig.clock.advance(20)
    await rig.reconciler.reconcile()

    found = (await api.data(READ, caller="admin"))["reconciliation"]

    lag = (rig.clock.now() - ended).total_seconds()
    [told] = found["lags"]
    assert told["source"] == "RECONCILER"
    assert told["p50"] == told["p99"] == f"PT{lag:g}S"


async def test_lost_jobs_and_old_ends_tell_nothing_of_a_lag(api: Api, rig: Rig) -> None:
    await rig.linked("fails")
    await rig.stage.advance(5)
    await rig.reconciler.reconcile()
    rig.clock.advance(timedelta(days=1, seconds=1))
    await gone(rig, 1)
    await rig.reconciler.reconcile()
    rig.clock.advance(60)
    assert (await rig.reconciler.reconcile()).lost_jobs

    found = (await api.data(READ, caller="admin"))["reconciliation"]

    assert found["lags"] == []


async def test_drifts_are_told_page_by_page_the_newest_first(
    api: Api, rig: Rig
) -> None:
    jobs = []
    for _ in range(3):
        jobs.append(await rig.linked("fails"))
        await rig.stage.advance(5)
        await rig.reconciler.reconcile()
    # What a path has told by itself is no drift.
    job = await rig.linked()
    await rig.stage.advance(1)
    await rig.post(hook("RUN_STARTED", job.trigger_run_id or "", job.id, rig.clock))
    seen, after = [], None

    for expected in (2, 1):
        page = (await api.data(DRIFTS, caller="admin", first=2, after=after))[
            "reconciliation"
        ]["drifts"]
        assert len(page["nodes"]) == expected
        assert page["pageInfo"]["hasNextPage"] is (expected == 2)
        seen += page["nodes"]
        after = page["pageInfo"]["endCursor"]

    assert [one["jobId"] for one in seen] == [
        job_id_text(job.id) for job in reversed(jobs)
    ]
    assert {(one["kind"], one["toStatus"]) for one in seen} == {
        ("DRIFT_CORRECTED", "FAILED")
    }
    assert seen[0]["detail"]["missedBy"] == ["webhook", "realtime", "poll"]


async def test_a_cursor_of_another_list_is_refused(api: Api, rig: Rig) -> None:
    assert rig.wire.sent == {}
    assert await api.codes(DRIFTS, caller="admin", first=2, after="nonsense") == [
        "INVALID_CURSOR"
    ]


async def test_only_operators_may(api: Api) -> None:
    assert await api.codes(READ) == ["FORBIDDEN"]
