"""The system view of the board in a real browser, on a running Jobwire."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from playwright.async_api import Locator, Page, Route, expect

from tests.servers import RunningServer
from tests.web.steps import open_board, unique_tag

pytestmark = pytest.mark.browser

REPORT = {
    "startedAt": "2026-01-01T06:30:00.000Z",
    "finishedAt": "2026-01-01T06:30:04.200Z",
    "checkedCount": 12_345,
    "listedCount": 12_300,
    "correctedCount": 1,
    "apiRequests": 168,
    "withheld": None,
    "error": None,
    "lostJobs": [],
    "suspects": [],
    "orphanedJobs": [],
    "orphanedRuns": [],
    "disagreements": [],
}
RUN = {
    "runId": "run_a",
    "triggerTaskId": "mail",
    "rawStatus": "EXECUTING",
    "createdAt": "2026-01-01T06:00:00.000Z",
}


def drift(number: int, job_id: str) -> dict[str, object]:
    said = {"cancelOutcome": None, "attempts": 1}
    return {
        "id": f"evt_{number}",
        "jobId": job_id,
        "jobVersion": 4,
        "kind": "DRIFT_CORRECTED",
        "fromStatus": "RUNNING",
        "toStatus": "SUCCEEDED",
        "source": "RECONCILER",
        "actor": None,
        "occurredAt": "2026-01-01T06:00:00.000Z",
        "recordedAt": "2026-01-01T06:30:02.000Z",
        "attempt": 1,
        "changes": {},
        "detail": {
            "before": {"status": "RUNNING", "triggerStatus": "EXECUTING", **said},
            "after": {"status": "SUCCEEDED", "triggerStatus": "COMPLETED", **said},
            "missedBy": ["webhook", "poll"],
        },
    }


def notification(status: str, job_id: str, **fields: object) -> dict[str, object]:
    given = {
        "id": f"ntf_{status}",
        "type": "job.succeeded",
        "jobId": job_id,
        "target": "https://billing.example/hooks",
        "status": status,
        "attemptCount": 10,
        "statusCode": 500,
        "error": "HTTP 500: out of order",
        "createdAt": "2026-01-01T06:00:00.000Z",
        "nextAttemptAt": None,
        "endedAt": "2026-01-04T06:00:00.000Z",
    }
    return given | fields


class Answers:
    """Answers of the API that are other than the server's, by operation."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._changes: dict[str, Callable[[Any], object]] = {}
        self._given: dict[str, object] = {}
        self.are_lost = False
        self.asked: list[tuple[str, dict[str, Any]]] = []
        #: Cleared: what is given in place of the server's answers waits.
        self.gate = asyncio.Event()
        self.gate.set()

    async def begin(self) -> None:
        await self._page.route("**/graphql", self._answer)

    async def end(self) -> None:
        """Leave what the page still asks alone."""
        await self._page.unroute_all(behavior="ignoreErrors")

    def change(self, operation: str, change: Callable[[Any], object]) -> None:
        """Have the data of the server changed."""
        self._changes[operation] = change

    def give(self, operation: str, data: object) -> None:
        """Give this in place of the server."""
        self._given[operation] = data

    async def _answer(self, route: Route) -> None:
        body = json.loads(route.request.post_data or "{}")
        operation = body["query"].split("{")[0].split("(")[0].split()[-1]
        self.asked.append((operation, body.get("variables", {})))
        if self.are_lost:
            await route.abort()
        elif operation in self._given:
            await self.gate.wait()
            await route.fulfill(json={"data": self._given[operation]})
        elif operation in self._changes:
            response = await route.fetch()
            told = await response.json()
            self._changes[operation](told["data"])
            await route.fulfill(response=response, json=told)
        else:
            await route.fallback()


@pytest.fixture
async def answers(page: Page) -> AsyncIterator[Answers]:
    made = Answers(page)
    await made.begin()
    yield made
    await made.end()


async def execute(page: Page, server: RunningServer, query: str) -> Any:
    post = page.context.request.post
    answer = await post(f"{server.url}/graphql", data={"query": query})
    told = await answer.json()
    assert "errors" not in told, told
    return told["data"]


async def make_job(page: Page, server: RunningServer, tag: str) -> str:
    made = await execute(
        page,
        server,
        f'mutation {{ scheduleJob(input: {{type: "no-op", tag: "{tag}"}})'
        " { job { id } } }",
    )
    job_id: str = made["scheduleJob"]["job"]["id"]
    return job_id


async def open_system(page: Page, server: RunningServer) -> None:
    await open_board(page, server, "#system")
    await expect(page.locator("#system-parts")).to_be_visible()


def section(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def trouble(data: Any, job_id: str) -> None:
    """Let nothing be well with Trigger.dev."""
    job = {"id": job_id, "tag": "invoice-7", "type": "invoice", "failure": None}
    report = REPORT | {
        "withheld": "7 of 60 runs are not known at Trigger.dev.",
        "error": "Trigger.dev answered 500.",
        "lostJobs": [job | {"id": "job_lost", "tag": "lost-1", "status": "FAILED"}],
        "suspects": [job | {"status": "RUNNING"}],
        "orphanedRuns": [RUN],
        "disagreements": [
            {
                "jobId": "job_gone",
                "status": "SUCCEEDED",
                "runId": "run_b",
                "rawStatus": "FAILED",
            }
        ],
    }
    _, trigger = data["executors"]
    trigger |= {"health": "DEGRADED", "reason": "Too many runs are not known."}
    data["reconciliation"] = {
        "last": report,
        "oldestUnconfirmed": "PT7M30S",
        "lags": [
            {"source": "REALTIME", "p50": "PT0.25S", "p99": "PT1.5S"},
            {"source": "RECONCILER", "p50": "PT2M", "p99": "PT5M"},
        ],
        "drifts": {
            "nodes": [drift(number, job_id) for number in range(20)],
            "pageInfo": {"hasNextPage": True, "endCursor": "20"},
        },
    }
    data["failed"] = {
        "nodes": [notification("FAILED", job_id)],
        "pageInfo": {"hasNextPage": True},
    }
    data["newest"] = {
        "nodes": [
            notification(
                "DELIVERED", "job_gone", attemptCount=1, statusCode=204, error=None
            ),
            notification("FAILED", job_id),
        ]
    }


async def test_view_tells_that_all_is_well_and_pauses_queues(
    page: Page, server: RunningServer
) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    queue = unique_tag("mail")
    await execute(
        page,
        server,
        f'mutation {{ setQueue(input: {{name: "{queue}", limit: 20, limitPerKey: 2}})'
        " { queue { name } } }",
    )
    await open_board(page, server)
    await page.keyboard.press("y")

    await expect(page.locator("#system-verdict")).to_contain_text("All is well")
    await expect(page).to_have_url(f"{server.url}/#system")
    await expect(page).to_have_title("System · Jobwire")
    await expect(page.locator("#system-title")).to_be_focused()
    workers, trigger = await section(page, "Executors").locator("> ul > li").all()
    await expect(workers).to_contain_text("Workers")
    await expect(workers).to_contain_text("Ready")
    await expect(workers).to_contain_text("Checked")
    await workers.get_by_text("What it can do").click()
    for words in ("can be told to stop", "concurrency key", "up to 512 KiB"):
        await expect(workers.get_by_role("list")).to_contain_text(words)
    await expect(trigger).to_contain_text("Not set up")
    reconciliation = section(page, "Reconciliation")
    await expect(reconciliation).to_contain_text("nothing to reconcile")
    await expect(reconciliation).to_contain_text("Set TRIGGER_SECRET_KEY")
    await expect(page.get_by_role("button", name="Reconcile now")).to_be_hidden()
    await expect(section(page, "Notifications")).to_be_hidden()

    row = section(page, "Queues").get_by_role("listitem").filter(has_text=queue)
    await expect(row).to_contain_text("0 running, 0 queued")
    await expect(row).to_contain_text("At most 20 at once, 2 for each key")
    await row.get_by_role("button", name=f"Pause the queue {queue}").press("Enter")
    resume = row.get_by_role("button", name=f"Resume the queue {queue}")
    await expect(resume).to_be_focused()
    await expect(row).to_contain_text("Paused")
    verdict = page.locator("#system-verdict")
    await expect(verdict).to_contain_text(f"The queue {queue} is paused.")
    read = await execute(page, server, "{ queues { name isPaused limit } }")
    assert {"name": queue, "isPaused": True, "limit": 20} in read["queues"]
    await resume.press("Enter")
    await expect(verdict).to_contain_text("All is well")
    await expect(workers.get_by_role("list")).to_be_visible()

    await page.keyboard.press("y")
    await expect(page.locator("#view-jobs")).to_be_visible()
    assert complaints == []


async def test_view_tells_what_reconciliation_found_and_opens_jobs_beside_it(
    page: Page, server: RunningServer, answers: Answers
) -> None:
    tag = unique_tag("drifted")
    job_id = await make_job(page, server, tag)
    answers.change("System", lambda data: trouble(data, job_id))
    page_info = {"hasNextPage": False, "endCursor": "21"}
    drifts = {"nodes": [drift(20, job_id)], "pageInfo": page_info}
    answers.give("Drifts", {"reconciliation": {"drifts": drifts}})
    await open_system(page, server)

    verdict = page.locator("#system-verdict li")
    await expect(verdict).to_have_text(
        [
            "Trigger.dev: impaired.",
            "Jobs whose run is gone wait for somebody to decide.",
            "The last reconciliation stopped early.",
            "1 job lost: the run is gone.",
            "1 job with a run that is not known.",
            "1 run without a job.",
            "1 job ended otherwise than the run.",
            "More than 1 notification did not arrive.",
        ]
    )
    shown = section(page, "Reconciliation")
    for words in (
        "7 of 60 runs are not known",
        "Trigger.dev answered 500.",
        "12,345 jobs, 12,300 of them by lists",
        "4.2 s",
        "7 min 30 s",
        "168",
    ):
        await expect(shown).to_contain_text(words)
    for group, words in {
        "Lost jobs": "lost-1",
        "Suspects": "invoice-7",
        "Runs without a job": "EXECUTING",
        "Disagreements": "Succeeded here, FAILED on Trigger.dev",
    }.items():
        await expect(shown.get_by_role("group", name=group)).to_contain_text(words)
    await expect(shown.get_by_role("group", name="Adopted jobs")).to_have_count(0)
    lags = shown.get_by_role("table").get_by_role("row")
    await expect(lags.nth(1)).to_contain_text("Trigger.dev's feed")
    await expect(lags.nth(1)).to_contain_text("250 ms")
    await expect(lags.nth(2)).to_contain_text("5 min")

    rows = page.locator("#drift-list > li")
    await expect(rows).to_have_count(20)
    await expect(rows.first).to_contain_text("Running → Succeeded")
    await expect(rows.first).to_contain_text("Not told by webhook, asking.")
    more = shown.get_by_role("button", name="Load more")
    await more.press("Enter")
    await expect(rows).to_have_count(21)
    await expect(more).to_be_hidden()
    await expect(rows.last.get_by_role("link")).to_be_focused()

    await rows.nth(3).get_by_role("link", name=tag).click()
    panel = page.get_by_role("dialog", name=tag)
    await expect(panel).to_be_visible()
    await expect(page).to_have_url(f"{server.url}/#system/{job_id}")
    await expect(page.locator("#view-system")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(rows.nth(3).get_by_role("link")).to_be_focused()


async def test_operators_reconcile_and_send_notifications_again(
    page: Page, server: RunningServer, answers: Answers
) -> None:
    tag = unique_tag("told")
    job_id = await make_job(page, server, tag)
    answers.change("System", lambda data: trouble(data, job_id))
    sent = notification("PENDING", job_id, id="ntf_FAILED", error=None, attemptCount=0)
    answers.give(
        "ResendNotification",
        {"resendNotification": {"notification": sent, "errors": []}},
    )
    refusal = {"message": "Another pass is under way.", "code": "EXECUTOR_UNAVAILABLE"}
    answers.give("ReconcileJobs", {"reconcileJobs": {"errors": [refusal]}})
    await open_system(page, server)
    answers.gate.clear()
    button = page.locator("#reconcile")
    notices = page.locator("#notices")

    await button.press("Enter")
    await expect(button).to_have_text("Reconciling…")
    await button.press("Enter")
    answers.gate.set()
    await expect(button).to_have_text("Reconcile now")
    await expect(button).to_be_focused()
    await expect(notices).to_contain_text("Another pass is under way.")
    assert [name for name, _ in answers.asked].count("ReconcileJobs") == 1

    report = {"report": REPORT, "errors": []}
    answers.give("ReconcileJobs", {"reconcileJobs": report})
    answers.change("System", lambda data: well(data, job_id))
    await button.press("Enter")
    await expect(notices).to_contain_text(
        "Compared 12,345 jobs; 1 job had to be put right."
    )
    await expect(page.locator("#findings")).to_be_hidden()

    told = section(page, "Notifications")
    first, second = await told.get_by_role("listitem").all()
    await expect(first).to_contain_text("Given up after 10 attempts")
    await expect(first).to_contain_text("HTTP 500: out of order")
    await expect(second).to_contain_text("a deleted job")
    await expect(second.get_by_role("button")).to_be_hidden()
    await expect(told).to_contain_text("jobwire notifications resend --failed")
    await first.get_by_role(
        "button", name=f"Send again: job.succeeded of {tag}"
    ).click()
    await expect(notices).to_contain_text("job.succeeded is sent again.")
    assert ("ResendNotification", {"input": {"id": "ntf_FAILED"}}) in answers.asked


def well(data: Any, job_id: str) -> None:
    """Let nothing be wrong but with notifications."""
    trouble(data, job_id)
    data["executors"][1] |= {"health": "HEALTHY", "reason": None}
    data["reconciliation"]["last"] = REPORT


async def test_others_see_executors_and_queues_as_they_were_read_last(
    page: Page, server: RunningServer, answers: Answers
) -> None:
    viewer = {"userId": "ada", "scopes": ["JOBS_READ"], "expiresAt": None}
    answers.give("Viewer", {"viewer": viewer})
    await open_system(page, server)

    await expect(page.locator("#admins-only")).to_be_visible()
    await expect(section(page, "Reconciliation")).to_be_hidden()
    queues = section(page, "Queues")
    await expect(queues).to_contain_text("Only your own jobs are counted.")
    await expect(queues.get_by_role("listitem").first).to_be_visible()
    await expect(queues.get_by_role("button", name="Pause")).to_have_count(0)
    assert all(
        not given["isAdmin"] for name, given in answers.asked if name == "System"
    )

    answers.are_lost = True
    await page.evaluate("window.dispatchEvent(new Event('online'))")
    problem = page.locator("#system-error")
    await expect(problem).to_contain_text("The server cannot be reached")
    await expect(problem).to_contain_text("Shown as of")
    await expect(queues.get_by_role("listitem").first).to_be_visible()
    answers.are_lost = False
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(problem).to_be_hidden()


async def test_view_fits_a_phone(
    open_page: Callable[..., Any], server: RunningServer
) -> None:
    page = await open_page(viewport={"width": 360, "height": 740})
    answers = Answers(page)
    await answers.begin()
    tag = unique_tag("a-rather-long-tag-that-has-to-be-broken-on-a-phone")
    job_id = await make_job(page, server, tag)
    answers.change("System", lambda data: trouble(data, job_id))
    await open_system(page, server)

    await expect(page.locator("#drift-list > li").first).to_contain_text(tag)
    assert await page.evaluate("document.scrollingElement.scrollWidth") <= 360
    await page.locator("#drift-list").get_by_role("link").first.click()
    await expect(page.locator("#job:modal")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("#drift-list").get_by_role("link").first).to_be_focused()
    await answers.end()
