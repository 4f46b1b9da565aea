"""Jobs on Trigger.dev on the board; their rows are there, Trigger.dev is not."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Locator, Page, Route, expect

from jobwire.jobs.failure import Failure
from jobwire.models.vocabulary import AttentionKind, FailureKind, SignalSource
from tests.servers import RunningServer
from tests.web.runs import Runs
from tests.web.steps import has_status, open_board, row, unique_tag

pytestmark = pytest.mark.browser

REASON = "Trigger.dev at http://127.0.0.1:3030 does not answer: connection refused."


@pytest.fixture
def run_id() -> str:
    return f"run_{uuid4().hex[:21]}"


def answer_executors(page: Page, *answers: tuple[str, str | None]) -> Any:
    """Let Trigger.dev fare like this, read after read, and at last stay so."""
    left = list(answers)

    async def answer(route: Route) -> None:
        if "query Executors" not in (route.request.post_data or ""):
            await route.fallback()
            return
        health, reason = left.pop(0) if len(left) > 1 else left[0]
        executors = [
            {"executor": "INTERNAL", "health": "HEALTHY", "reason": None},
            {"executor": "TRIGGER", "health": health, "reason": reason},
        ]
        await route.fulfill(
            content_type="application/json",
            body=json.dumps({"data": {"executors": executors}}),
        )

    return page.route("**/graphql", answer)


def health_of(page: Page, executor: str) -> Locator:
    return page.locator(f"#executors [data-executor={executor}]")


async def open_job(page: Page, server: RunningServer, tag: str) -> Locator:
    await open_board(page, server, f"?tag={tag}")
    await row(page, tag).get_by_role("link").click()
    return page.get_by_role("dialog", name=tag)


async def test_a_job_that_needs_attention_is_marked_and_says_why(
    page: Page, server: RunningServer, runs: Runs, run_id: str
) -> None:
    tag = unique_tag("suspect")
    job = await runs.make_job(tag=tag)
    await runs.send(job)
    await runs.link(job, run_id)
    panel = await open_job(page, server, tag)
    mark = row(page, tag).get_by_role("img", name="Needs attention")
    reasons = panel.get_by_role("region", name="Needs attention")
    await expect(mark).to_be_hidden()
    await expect(reasons).to_be_hidden()

    await runs.attend(job, AttentionKind.DRIFTED, AttentionKind.ORPHAN_SUSPECT)

    await expect(mark).to_have_accessible_name(
        "Needs attention: It had to be corrected: what should have told of its run did"
        " not. Trigger.dev does not know its run; it is asked again."
    )
    await expect(reasons).to_contain_text("what should have told of its run did not")
    await expect(reasons).to_contain_text("Trigger.dev does not know its run")
    history = panel.locator("#job-history > li")
    await expect(history.first).to_contain_text("Attention changed")
    await expect(history.first).to_contain_text("Drifted, Orphan suspect")

    await runs.attend(job)

    await expect(mark).to_be_hidden()
    await expect(reasons).to_be_hidden()
    await expect(history.first).to_contain_text("not needed any more")


async def test_one_list_shows_where_each_job_runs(
    page: Page, server: RunningServer, runs: Runs, run_id: str
) -> None:
    tag = unique_tag("both")
    here = await runs.make_job(tag=tag, executor="internal", status="SUCCEEDED")
    there = await runs.make_job(tag=tag)
    await runs.send(there)
    await runs.link(there, run_id)
    await runs.hear(run_id, "EXECUTING", fraction=0.5)
    await runs.hear(run_id, "WAITING")

    await open_board(page, server, f"?tag={tag}")

    assert here.id < there.id
    rows = page.locator("li.job")
    await expect(rows.nth(1)).to_contain_text("Runs on Workers")
    await expect(rows.nth(0)).to_contain_text("Runs on Trigger.dev")
    await expect(rows.nth(0).locator(".status")).to_have_text("Waiting")
    await expect(rows.nth(0)).to_contain_text("Parked by Trigger.dev · 50%")
    await expect(rows.nth(0).locator("progress")).to_have_js_property("value", 0.5)


async def test_list_filters_by_waiting(
    page: Page, server: RunningServer, runs: Runs, run_id: str
) -> None:
    tag = unique_tag("parked")
    await runs.make_job(tag=tag)
    job = await runs.make_job(tag=tag)
    await runs.send(job)
    await runs.link(job, run_id)
    await runs.hear(run_id, "WAITING")
    await open_board(page, server, f"?tag={tag}")
    await expect(page.locator("li.job")).to_have_count(2)

    await page.get_by_label("Waiting").check()

    await expect(page.locator("li.job")).to_have_count(1)
    await has_status(page, tag, "WAITING")


async def test_page_of_a_job_shows_its_run_as_soon_as_it_is_known(
    page: Page, server: RunningServer, runs: Runs, run_id: str
) -> None:
    tag = unique_tag("linked")
    job = await runs.make_job(tag=tag, trigger_task_id="resize-image")
    panel = await open_job(page, server, tag)
    facts = panel.locator("#job-facts")
    await expect(facts).to_contain_text("Runs onTrigger.dev")
    await expect(facts).to_contain_text("Taskresize-image")
    await expect(panel.locator("#job-run")).to_be_hidden()
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    await runs.send(job)
    await runs.link(job, run_id)
    await runs.hear(run_id, "PENDING_VERSION")

    await expect(panel.locator("#job-run code")).to_have_text(run_id)
    await expect(facts).to_contain_text("Trigger.dev saysPENDING_VERSION")
    await panel.get_by_role("button", name="Copy run id").click()
    await expect(panel.locator("#job-run [role=status]")).to_have_text("Copied")
    assert await page.evaluate("navigator.clipboard.readText()") == run_id


async def test_history_tells_how_far_the_dispatch_has_come(
    page: Page, server: RunningServer, runs: Runs, run_id: str
) -> None:
    tag = unique_tag("dispatch")
    lost = await runs.make_job(tag=tag)
    await runs.lose_answer(await runs.send(lost))
    await runs.link(lost, run_id, adopted=True)
    panel = await open_job(page, server, tag)
    events = panel.locator("#job-history > li")

    await expect(events).to_have_count(4)
    await expect(events.nth(2)).to_contain_text("handing over to Trigger.dev")
    await expect(events.nth(2)).to_contain_text("Handing over to Trigger.dev · worker")
    await expect(events.nth(1)).to_contain_text(
        "the answer was lost, looking for the run"
    )
    await expect(events.nth(0)).to_contain_text("Orphan adopted")
    await expect(events.nth(0)).to_contain_text(f"found {run_id}")


async def test_history_tells_who_said_what_of_a_run(
    page: Page, server: RunningServer, runs: Runs, run_id: str
) -> None:
    tag = unique_tag("sources")
    job = await runs.make_job(tag=tag)
    await runs.send(job)
    await runs.link(job, run_id)
    await runs.hear(run_id, "PENDING_VERSION")
    await runs.hear(run_id, "EXECUTING", source=SignalSource.WEBHOOK)
    failure = Failure(FailureKind.CRASHED, "The process died.")
    await runs.hear(run_id, "CRASHED", source=SignalSource.WEBHOOK, failure=failure)
    panel = await open_job(page, server, tag)
    events = panel.locator("#job-history > li")

    await expect(events.nth(3)).to_contain_text(f"accepted as {run_id}")
    await expect(events.nth(2)).to_contain_text("HeardTrigger.dev says PENDING_VERSION")
    await expect(events.nth(2)).to_contain_text("Trigger.dev, when asked")
    await expect(events.nth(1)).to_contain_text("Queued → Running")
    await expect(events.nth(1)).to_contain_text("Hook of the Trigger.dev project")
    await expect(events.nth(1)).not_to_contain_text("could not be asked")
    await expect(events.nth(0)).to_contain_text("Trigger.dev itself could not be asked")


async def test_cancel_of_a_run_is_asked_first_and_told_honestly(
    page: Page, server: RunningServer, runs: Runs, run_id: str
) -> None:
    tag = unique_tag("wish")
    job = await runs.make_job(tag=tag)
    await runs.send(job)
    await runs.link(job, run_id)
    await runs.hear(run_id, "EXECUTING")
    await runs.hear(run_id, "WAITING")
    panel = await open_job(page, server, tag)

    await panel.get_by_role("button", name="Cancel").click()
    confirmation = page.get_by_role("dialog", name="Cancel a running job?")
    await expect(confirmation).to_contain_text("Trigger.dev is asked to stop it")
    await confirmation.get_by_role("button", name="Cancel the job").click()

    told = panel.locator("#job-cancellation")
    await expect(told).to_contain_text("Asked; Trigger.dev has not taken it yet.")
    await expect(row(page, tag)).to_contain_text("Asked to stop; waits for Trigger.dev")
    await runs.acknowledge(job)
    await expect(told).to_contain_text(
        "Asked; waits for Trigger.dev to confirm that its code has stopped."
    )
    await expect(panel.locator("#job-status")).to_have_text("Waiting")
    await expect(panel.locator("#job-history > li").first).to_contain_text(
        "Trigger.dev was told"
    )


async def test_pending_cancel_can_be_forced_and_says_that_code_may_still_run(
    page: Page, server: RunningServer, runs: Runs, run_id: str
) -> None:
    tag = unique_tag("force")
    job = await runs.make_job(tag=tag)
    await runs.send(job)
    await runs.link(job, run_id)
    await runs.hear(run_id, "EXECUTING")
    panel = await open_job(page, server, tag)
    force = panel.get_by_role("button", name="Force the cancel")
    told = panel.locator("#job-cancellation")
    await expect(panel.locator("#job-status")).to_have_text("Running")
    await expect(force).to_be_hidden()
    await runs.cancel(job)
    await expect(told).to_contain_text("Overdue from")

    await force.click()

    await expect(told).to_contain_text("Settled by force from")
    await expect(force).to_be_hidden()
    await expect(panel.locator("#job-history > li").first).to_contain_text(
        "to be settled by force after the grace"
    )
    await runs.end_grace(job)
    await expect(panel.locator("#job-status")).to_have_text("Canceled")
    await expect(told).to_contain_text(
        "Canceled by force; its code may still be running."
    )
    await expect(row(page, tag)).to_contain_text("Canceled by force")


async def test_cancel_during_the_handing_over_waits_for_the_run(
    page: Page, server: RunningServer, runs: Runs
) -> None:
    tag = unique_tag("between")
    job = await runs.make_job(tag=tag)
    await runs.send(job)
    await runs.cancel(job)

    panel = await open_job(page, server, tag)

    await expect(panel.locator("#job-cancellation")).to_contain_text(
        "Asked; Trigger.dev is told once it is known which run is the job's."
    )
    await expect(panel.locator("#job-status")).to_have_text("Queued")


async def test_executor_that_is_not_set_up_is_told_quietly(
    page: Page, server: RunningServer
) -> None:
    await open_board(page, server)

    await expect(health_of(page, "INTERNAL")).to_have_text("Workers ready")
    there = health_of(page, "TRIGGER").get_by_role("button")
    await expect(there).to_have_text("Trigger.dev not set up")
    await expect(there).to_have_accessible_description(
        "Trigger.dev is not configured. Set TRIGGER_SECRET_KEY to the secret key of an"
        " environment, or leave out executor."
    )
    await expect(there).to_have_css("font-weight", "500")


async def test_executor_in_trouble_is_noticed_and_tells_its_reason_on_focus(
    page: Page, server: RunningServer
) -> None:
    await answer_executors(page, ("UNREACHABLE", REASON))
    await open_board(page, server)
    there = health_of(page, "TRIGGER")
    button = there.get_by_role("button", name="Trigger.dev does not answer")
    reason = there.get_by_role("tooltip", include_hidden=True)
    await expect(page.locator("#announcer")).to_contain_text(REASON)
    await expect(button).to_have_css("font-weight", "600")
    await expect(reason).to_be_hidden()

    await button.focus()
    await expect(reason).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(reason).to_be_hidden()
    await button.hover()
    await expect(reason).to_be_visible()
    await expect(button).to_have_accessible_description(REASON)


async def test_executors_are_read_again_while_the_page_is_visible(
    page: Page, server: RunningServer
) -> None:
    await page.clock.install()
    await page.add_init_script(
        'Object.defineProperty(document, "hidden", { get: () => window.isHidden });'
    )
    turn = """(visibility) => {
      window.isHidden = visibility === "hidden";
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    await answer_executors(
        page, ("HEALTHY", None), ("DEGRADED", REASON), ("HEALTHY", None)
    )
    await open_board(page, server)
    there = health_of(page, "TRIGGER")
    await expect(there).to_have_text("Trigger.dev ready")

    await page.evaluate(turn, "hidden")
    await page.clock.fast_forward(60_000)
    await expect(there).to_have_text("Trigger.dev ready")
    await page.evaluate(turn, "visible")
    await expect(there).to_contain_text("Trigger.dev impaired")
    await page.clock.fast_forward(15_000)
    await expect(there).to_have_text("Trigger.dev ready")


async def test_executors_are_left_alone_once_a_token_is_wanted(
    page: Page, server: RunningServer
) -> None:
    asked: list[str] = []
    refusal = {"message": "No token.", "extensions": {"code": "UNAUTHENTICATED"}}

    async def refuse(route: Route) -> None:
        asked.append(route.request.post_data or "")
        body = json.dumps({"errors": [refusal]})
        await route.fulfill(status=401, content_type="application/json", body=body)

    await page.clock.install()
    await page.route("**/graphql", refuse)
    await page.goto(f"{server.url}/")
    dialog = page.get_by_role("dialog", name="Sign in")
    await expect(dialog).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await page.clock.fast_forward(60_000)
    await page.get_by_role("button", name="Sign in").click()
    await expect(dialog).to_be_visible()

    assert len([body for body in asked if "query Executors" in body]) == 1


async def test_other_tasks_are_offered_only_where_trigger_dev_is_set_up(
    page: Page, server: RunningServer
) -> None:
    await open_board(page, server)
    await expect(health_of(page, "TRIGGER")).to_contain_text("not set up")
    await page.keyboard.press("n")

    options = page.locator("#schedule-type option")
    await expect(options.filter(has_text="no-op")).to_have_count(1)
    await expect(options.filter(has_text="Another")).to_have_count(0)


async def test_board_shows_at_its_field_that_another_task_is_refused(
    page: Page, server: RunningServer
) -> None:
    sent: list[dict[str, Any]] = []
    await answer_executors(page, ("HEALTHY", None))
    page.on("request", lambda request: sent.append(request.post_data_json or {}))
    await open_board(page, server)
    await expect(health_of(page, "TRIGGER")).to_contain_text("ready")
    await page.keyboard.press("n")
    dialog = page.get_by_role("dialog", name="New job")
    select = dialog.get_by_label("Type", exact=True)
    await select.select_option("Another Trigger.dev task…")
    await dialog.get_by_label("Data", exact=True).fill('[1, {"two": 2}]')
    submit = dialog.get_by_role("button", name="Schedule", exact=True)

    await submit.click()
    await expect(dialog.get_by_label("Task id")).to_be_focused()
    await dialog.get_by_label("Task id").fill("resize-image")
    await submit.click()

    await expect(dialog.locator("#type-error")).to_contain_text(
        "Trigger.dev is not configured."
    )
    await expect(select).to_be_focused()
    await expect(select).to_have_attribute("aria-invalid", "true")
    asked = sent[-1]["variables"]["input"]
    assert asked.pop("tag").startswith("task-")
    assert asked == {
        "type": "resize-image",
        "executor": "TRIGGER",
        "triggerTaskId": "resize-image",
        "data": [1, {"two": 2}],
    }


async def test_form_of_a_type_on_trigger_dev_is_made_from_its_schema(
    page: Page, server: RunningServer
) -> None:
    await answer_executors(page, ("HEALTHY", None))
    await page.route("**/graphql", answer_types)
    await open_board(page, server)
    await page.keyboard.press("n")
    dialog = page.get_by_role("dialog", name="New job")
    select = dialog.get_by_label("Type", exact=True)
    groups = select.locator("optgroup")
    await expect(groups).to_have_count(2)
    await expect(groups.nth(0)).to_have_attribute("label", "Workers")
    await expect(groups.nth(1)).to_have_attribute("label", "Trigger.dev")

    await select.select_option("resize")
    await expect(dialog.locator("#type-about")).to_have_text(
        "Make it smaller. Runs on Trigger.dev as the task resize-image."
    )
    await expect(dialog.get_by_label("Width")).to_be_visible()
    await select.select_option("anything")
    await expect(dialog.get_by_label("Data", exact=True)).to_have_value("{}")


async def answer_types(route: Route) -> None:
    if "query JobTypes" not in (route.request.post_data or ""):
        await route.fallback()
        return
    width = {"type": "object", "properties": {"width": {"type": "integer"}}}
    retries = {"maxAttempts": 3, "minTimeoutInMs": 1, "maxTimeoutInMs": 2, "factor": 2}
    types = [
        ("anything", "TRIGGER", "anything", {}),
        ("no-op", "INTERNAL", None, {"type": "object", "properties": {}}),
        ("resize", "TRIGGER", "resize-image", width),
    ]
    answer = [
        {
            "name": name,
            "description": "Make it smaller." if name == "resize" else None,
            "executor": executor,
            "triggerTaskId": task,
            "dataSchema": schema,
            "maxDuration": None,
            "retryConfig": retries,
        }
        for name, executor, task, schema in types
    ]
    await route.fulfill(
        content_type="application/json",
        body=json.dumps({"data": {"jobTypes": answer}}),
    )


async def test_both_executors_fit_a_phone(
    open_page: Callable[..., Any], server: RunningServer, runs: Runs, run_id: str
) -> None:
    page = await open_page(viewport={"width": 360, "height": 740})
    await answer_executors(page, ("DEGRADED", REASON))
    tag = unique_tag("a-long-tag-that-is-shortened-on-a-phone")
    job = await runs.make_job(tag=tag, type="a-rather-long-name-of-a-type-of-job")
    await runs.send(job)
    await runs.link(job, run_id)
    await runs.hear(run_id, "EXECUTING", fraction=0.25)
    await open_board(page, server)
    await health_of(page, "TRIGGER").get_by_role("button").focus()
    await expect(page.get_by_role("tooltip")).to_be_visible()
    widths = [await page.evaluate("document.scrollingElement.scrollWidth")]
    await page.keyboard.press("Escape")

    await row(page, tag).get_by_role("link").click()
    await expect(page.locator("#job:modal")).to_be_visible()
    widths.append(await page.evaluate("document.scrollingElement.scrollWidth"))
    widths.append(await page.locator("#job").evaluate("node => node.scrollWidth"))

    assert max(widths) <= 360
