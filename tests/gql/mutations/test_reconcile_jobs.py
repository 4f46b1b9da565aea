"""`reconcileJobs`: an operator compares all jobs with Trigger.dev."""

from datetime import timedelta

from jobwire.jobs.identifiers import job_id_text
from tests.gql.client import Api
from tests.jobs.rig import Rig
from tests.jobs.wire import Fault

RECONCILE = """mutation { reconcileJobs {
  report {
    checkedCount listedCount correctedCount apiRequests withheld error
    suspects { id } lostJobs { id status } orphanedJobs { id }
    disagreements { jobId }
    orphanedRuns { runId triggerTaskId rawStatus }
  }
  errors { code message }
} }"""


async def test_the_report_tells_what_was_found(api: Api, rig: Rig) -> None:
    lost = await rig.linked()
    rig.wire.unknown = {lost.trigger_run_id or ""}
    await rig.linked("fails")
    tag = f"jobwire:{rig.executor.marks.installation}"
    stranger = await rig.stage.triggered("work", None, tags=[tag])
    await rig.stage.advance(400)
    await rig.reconciler.reconcile()
    await rig.linked()
    await rig.stage.advance(31)

    answer = (await api.data(RECONCILE, caller="admin"))["reconcileJobs"]

    id = job_id_text(lost.id)
    assert answer == {
        "report": {
            "checkedCount": 2,
            "listedCount": 1,
            "correctedCount": 1,
            "apiRequests": 2,
            "withheld": None,
            "error": None,
            "suspects": [],
            "disagreements": [],
            "lostJobs": [{"id": id, "status": "FAILED"}],
            "orphanedJobs": [{"id": id}],
            "orphanedRuns": [
                {
                    "runId": stranger,
                    "triggerTaskId": "work",
                    "rawStatus": "COMPLETED",
                }
            ],
        },
        "errors": [],
    }


async def test_what_is_withheld_is_said(api: Api, rig: Rig) -> None:
    for _ in range(6):
        await rig.linked()
    rig.wire.unknown = None
    rig.clock.advance(timedelta(hours=1))

    answer = (await api.data(RECONCILE, caller="admin"))["reconcileJobs"]

    assert "--accept-losses" in answer["report"]["withheld"]
    assert answer["report"]["lostJobs"] == []


async def test_only_operators_may(api: Api, rig: Rig) -> None:
    answer = (await api.data(RECONCILE))["reconcileJobs"]

    assert answer["report"] is None
    assert [error["code"] for error in answer["errors"]] == ["FORBIDDEN"]
    assert rig.wire.sent == {}


async def test_an_environment_that_cannot_be_asked_is_a_refusal(
    api: Api, rig: Rig
) -> None:
    rig.wire.fail("environment", Fault.REFUSED)

    answer = (await api.data(RECONCILE, caller="admin"))["reconcileJobs"]

    assert answer["report"] is None
    [error] = answer["errors"]
    assert error["code"] == "EXECUTOR_UNAVAILABLE"
    assert "connection refused" in error["message"]


async def test_without_trigger_dev_it_is_a_refusal_too(api: Api) -> None:
    answer = (await api.data(RECONCILE, caller="admin"))["reconcileJobs"]

    assert [error["code"] for error in answer["errors"]] == ["EXECUTOR_UNAVAILABLE"]
