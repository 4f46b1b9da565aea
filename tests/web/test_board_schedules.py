"""The schedules view of the board in a real browser, on a running Jobwire."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from playwright.async_api import APIRequestContext, Locator, Page, Route, expect

from tests.servers import RunningServer
from tests.web.steps import open_board, row, unique_tag

pytestmark = pytest.mark.browser

#: It does not come while a test runs.
YEARLY = "30 6 1 1 *"


class Schedules:
    """Job schedules, made and read by the API; what is made is deleted at the end."""

    def __init__(self, http: APIRequestContext, url: str) -> None:
        self._http = http
        self._url = f"{url}/graphql"

    async def execute(self, query: str, **variables: object) -> Any:
        body = {"query": query, "variables": variables}
        answer = await self._http.post(self._url, data=body)
        told = await answer.json()
        assert "errors" not in told, told
        return told["data"]

    async def make(self, tag: str, **fields: object) -> dict[str, Any]:
        given = {"type": "no-op", "tag": tag, "cron": YEARLY, **fields}
        made = await self.execute(
            """mutation ($input: ScheduleCronJobInput!) {
              scheduleCronJob(input: $input) {
                schedule { id nextRunTimes(count: 3) } errors { message }
              }
            }""",
            input=given,
        )
        schedule = made["scheduleCronJob"]["schedule"]
        assert schedule, made
        return schedule

    async def pause(self, schedule: dict[str, Any]) -> None:
        await self.execute(
            """mutation ($id: ID!) {
              pauseJobSchedule(input: {id: $id}) { schedule { isPaused } }
            }""",
            id=schedule["id"],
        )

    async def find(self, tag: str) -> dict[str, Any] | None:
        """The newest schedule with a tag."""
        found = await self.execute(
            """{ jobSchedules(first: 100) { nodes {
              id tag key type cron timezone data overlapPolicy misfirePolicy isPaused
              version } } }"""
        )
        nodes = found["jobSchedules"]["nodes"]
        return next((one for one in nodes if one["tag"] == tag), None)

    async def delete_all(self) -> None:
        found = await self.execute("{ jobSchedules(first: 100) { nodes { id } } }")
        for node in found["jobSchedules"]["nodes"]:
            await self.execute(
                """mutation ($id: ID!) {
                  deleteJobSchedule(input: {id: $id}) { deletedId }
                }""",
                id=node["id"],
            )


@pytest.fixture(autouse=True)
async def schedules(page: Page, server: RunningServer) -> AsyncIterator[Schedules]:
    api = Schedules(page.context.request, server.url)
    yield api
    await api.delete_all()


async def open_schedules(page: Page, server: RunningServer) -> None:
    await open_board(page, server, "#schedules")
    await expect(page.locator("#schedule-list")).to_have_attribute("aria-busy", "false")


def schedule_row(page: Page, key: str) -> Locator:
    link = page.get_by_role("link", name=key, exact=True)
    return page.locator("li.schedule").filter(has=link)


def answer_schedules(page: Page, change: Callable[[list[dict[str, Any]]], None]) -> Any:
    """Let the API tell this of its schedules."""

    async def answer(route: Route) -> None:
        if "query JobSchedules" not in (route.request.post_data or ""):
            await route.fallback()
            return
        response = await route.fetch()
        told = await response.json()
        change(told["data"]["jobSchedules"]["nodes"])
        await route.fulfill(response=response, json=told)

    return page.route("**/graphql", answer)


async def fill_in(page: Page, type: str, tag: str, cron: str) -> Locator:
    """Open the form of a new schedule, and fill in what each one has."""
    await page.get_by_role("button", name="New schedule", exact=True).first.click()
    dialog = page.get_by_role("dialog", name="New schedule")
    await dialog.get_by_label("Type").select_option(type)
    await dialog.get_by_label("Tag").fill(tag)
    await dialog.get_by_label("Cron", exact=True).fill(cron)
    return dialog


async def test_view_lists_schedules_with_what_they_say_and_when_they_fire(
    page: Page, server: RunningServer, schedules: Schedules
) -> None:
    tag, key = unique_tag("report"), unique_tag("key")
    made = await schedules.make(tag, key=key, timezone="Europe/Berlin")
    await open_board(page, server)

    await page.get_by_role("link", name="Schedules").click()

    shown = schedule_row(page, key)
    for words in (
        "no-op",
        f"tag {tag}",
        "Workers",
        YEARLY,
        "Europe/Berlin",
        "At 06:30 AM, on day 1 of the month, only in January",
        "Fired by Jobwire",
        "No job yet",
    ):
        await expect(shown).to_contain_text(words)
    times = shown.locator(".next-times time")
    titles = await times.evaluate_all("nodes => nodes.map((node) => node.title)")
    assert titles == [at.replace(".000Z", "Z") for at in made["nextRunTimes"]]
    assert len(titles) == 3
    await expect(shown.locator(".wait").first).to_contain_text("in ")
    await expect(page).to_have_url(f"{server.url}/#schedules")
    await expect(page).to_have_title("Schedules · Jobwire")
    await page.go_back()
    await expect(page.locator("#view-schedules")).to_be_hidden()
    await expect(page.locator("#view-jobs")).to_be_visible()


async def test_view_pauses_and_resumes_a_schedule(
    page: Page, server: RunningServer, schedules: Schedules
) -> None:
    tag = unique_tag("paused")
    await schedules.make(tag)
    await open_schedules(page, server)
    shown = schedule_row(page, tag)

    await shown.get_by_role("button", name=f"Pause {tag}").click()

    await expect(shown.get_by_text("Paused", exact=True)).to_be_visible()
    await expect(shown.locator(".next-times li")).to_have_count(0)
    await expect(page.locator("#notices")).to_contain_text(f"{tag} is paused.")
    found = await schedules.find(tag)
    assert found is not None
    assert found["isPaused"]

    await shown.get_by_role("button", name=f"Resume {tag}").click()

    await expect(shown.locator(".next-times li")).to_have_count(3)
    await expect(shown.get_by_text("Paused", exact=True)).to_be_hidden()


async def test_view_runs_a_schedule_now_and_leads_to_its_job_and_back(
    page: Page, server: RunningServer, schedules: Schedules
) -> None:
    tag = unique_tag("by-hand")
    await schedules.make(tag)
    await open_schedules(page, server)
    shown = schedule_row(page, tag)

    await shown.get_by_role("button", name=f"Run {tag} now").click()

    await expect(page.locator("#notices")).to_contain_text(f"{tag} is scheduled.")
    last = shown.get_by_role("link", name="Last job: ")
    await expect(last).to_have_accessible_name("Last job: Succeeded")
    await page.get_by_role("button", name="Open the job").click()
    panel = page.get_by_role("dialog", name=tag)
    await expect(panel.locator("#job-maker")).to_contain_text("Made by hand")
    await expect(page.locator("#view-schedules")).to_be_visible()

    await page.keyboard.press("Escape")
    await expect(panel).to_be_hidden()
    await expect(shown.get_by_role("link", name=tag, exact=True)).to_be_focused()
    await last.click()
    await panel.get_by_role("link", name=tag).click()

    await expect(panel).to_be_hidden()
    link = shown.get_by_role("link", name=tag, exact=True)
    await expect(link).to_be_focused()
    await expect(link).to_have_attribute("aria-current", "true")
    await page.go_back()
    await expect(panel).to_be_visible()
    await page.keyboard.press("Escape")
    await shown.get_by_role("link", name="All its jobs").click()
    await expect(row(page, tag)).to_have_attribute("data-status", "SUCCEEDED")


async def test_view_makes_a_schedule_and_tells_before_what_it_will_do(
    page: Page, server: RunningServer, schedules: Schedules
) -> None:
    await open_schedules(page, server)
    tag = unique_tag("made")
    dialog = await fill_in(page, "profile-csv", tag, "61 * * * *")
    preview = dialog.locator("#cron-preview")

    await expect(preview).to_contain_text("from 0 to 59, not 61")
    await expect(preview.locator("time")).to_have_count(0)
    await dialog.get_by_label("Cron", exact=True).fill("*/5 * * * *")
    await dialog.get_by_label("Time zone").fill("Europe/Berlin")
    await expect(preview).to_contain_text("Every 5 minutes.")
    await expect(preview.locator("time")).to_have_count(3)
    await dialog.get_by_label("Cron", exact=True).fill(YEARLY)
    await expect(preview).to_contain_text("At 06:30 AM")
    await dialog.get_by_label("While an earlier").select_option("QUEUE_ONE")
    await dialog.get_by_label("Missed").select_option("RUN_ALL")
    await dialog.get_by_label("Text").fill("name,age\nAda,36")
    await dialog.get_by_role("button", name="Schedule", exact=True).click()

    await expect(dialog).to_be_hidden()
    link = schedule_row(page, tag).get_by_role("link", name=tag, exact=True)
    await expect(link).to_be_focused()
    made = await schedules.find(tag)
    assert made is not None
    data = made.pop("data")
    assert data["text"] == "name,age\nAda,36"
    assert made == {
        "id": made["id"],
        "tag": tag,
        "key": tag,
        "type": "profile-csv",
        "cron": YEARLY,
        "timezone": "Europe/Berlin",
        "overlapPolicy": "QUEUE_ONE",
        "misfirePolicy": "RUN_ALL",
        "isPaused": False,
        "version": 1,
    }


async def test_form_begins_in_the_time_zone_of_the_browser(
    open_page: Callable[..., Any], server: RunningServer
) -> None:
    page = await open_page(timezone_id="Asia/Tokyo")
    await open_schedules(page, server)

    dialog = await fill_in(page, "no-op", "any", "0 9 * * *")

    await expect(dialog.get_by_label("Time zone")).to_have_value("Asia/Tokyo")
    first = dialog.locator("#cron-preview time").first
    await expect(first).to_contain_text("09:00")
    assert (await first.get_attribute("title") or "").endswith("T00:00:00Z")


async def test_form_shows_refusals_at_their_fields(
    page: Page, server: RunningServer, schedules: Schedules
) -> None:
    taken = unique_tag("taken")
    await schedules.make(taken)
    await open_schedules(page, server)
    dialog = await fill_in(page, "no-op", unique_tag("new"), "0 0 30 2 *")
    submit = dialog.get_by_role("button", name="Schedule", exact=True)
    await submit.click()
    cron = dialog.get_by_label("Cron", exact=True)
    await expect(dialog.locator("#cron-expression-error")).to_contain_text("day 30")
    await expect(cron).to_be_focused()

    await cron.fill(YEARLY)
    await expect(dialog.locator("#cron-expression-error")).to_be_hidden()
    await expect(cron).not_to_have_attribute("aria-invalid", "true")
    await dialog.get_by_label("Time zone").fill("Mars/Olympus")
    await submit.click()
    await expect(dialog.locator("#cron-timezone-error")).to_contain_text("Mars/Olympus")
    await expect(dialog.get_by_label("Time zone")).to_be_focused()

    await dialog.get_by_label("Time zone").fill("UTC")
    await dialog.get_by_label("Key").fill(taken)
    await submit.click()
    await expect(dialog.locator("#cron-key-error")).to_contain_text("already")
    await expect(dialog.get_by_label("Key")).to_be_focused()
    found = await schedules.find(taken)
    assert found is not None
    assert found["version"] == 1


async def test_form_offers_the_clock_of_trigger_dev_for_its_tasks_only(
    page: Page, server: RunningServer
) -> None:
    sent: list[dict[str, Any]] = []

    task = {
        "name": "daily-report",
        "description": None,
        "executor": "TRIGGER",
        "triggerTaskId": "daily-report",
        "dataSchema": {},
        "retryConfig": {"maxAttempts": 3},
        "maxDuration": None,
    }

    async def take(route: Route) -> None:
        body = json.loads(route.request.post_data or "{}")
        if "query JobTypes" in body["query"]:
            response = await route.fetch()
            told = await response.json()
            told["data"]["jobTypes"].append(task)
            await route.fulfill(response=response, json=told)
            return
        if "mutation ScheduleCronJob" not in body["query"]:
            await route.fallback()
            return
        sent.append(body["variables"]["input"])
        error = {"message": "Not there.", "code": "VALIDATION", "path": ["input", "x"]}
        payload = {"schedule": None, "errors": [error]}
        await route.fulfill(json={"data": {"scheduleCronJob": payload}})

    await page.route("**/graphql", take)
    await open_schedules(page, server)
    dialog = await fill_in(page, "no-op", "any", YEARLY)
    owner = dialog.get_by_role("group", name="Fired by")
    await expect(owner).to_be_hidden()

    await dialog.get_by_label("Type").select_option("daily-report")
    await dialog.get_by_label("Time zone").fill("UTC")
    await owner.get_by_label("Trigger.dev").check()
    await expect(owner).to_contain_text("schedules.task()")
    await expect(dialog.get_by_label("While an earlier")).to_be_hidden()
    await expect(dialog.locator(".data-form")).to_be_hidden()
    await dialog.get_by_role("button", name="Schedule", exact=True).click()

    await expect(dialog.get_by_role("alert")).to_have_text("Not there.")
    assert sent == [
        {
            "type": "daily-report",
            "tag": "any",
            "cron": YEARLY,
            "timezone": "UTC",
            "owner": "TRIGGER_DEV",
            "ifVersion": 0,
        }
    ]


async def test_view_deletes_a_schedule_after_asking(
    page: Page, server: RunningServer, schedules: Schedules
) -> None:
    kept, deleted = unique_tag("kept"), unique_tag("deleted")
    await schedules.make(kept)
    await schedules.make(deleted)
    await open_schedules(page, server)
    button = page.get_by_role("button", name=f"Delete {deleted}")
    confirmation = page.get_by_role("dialog", name="Delete a schedule?")

    await button.click()
    await expect(confirmation).to_contain_text(deleted)
    await confirmation.get_by_role("button", name="Keep it").click()
    await expect(confirmation).to_be_hidden()
    assert await schedules.find(deleted) is not None
    await button.click()
    await confirmation.get_by_role("button", name="Delete the schedule").click()

    await expect(schedule_row(page, deleted)).to_have_count(0)
    neighbour = schedule_row(page, kept).get_by_role("link", name=kept, exact=True)
    await expect(neighbour).to_be_focused()
    assert await schedules.find(deleted) is None


async def test_view_works_by_keyboard_alone(
    page: Page, server: RunningServer, schedules: Schedules
) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    first, second = unique_tag("first"), unique_tag("second")
    await schedules.make(first)
    await schedules.make(second)
    await open_board(page, server)
    links = {
        tag: page.get_by_role("link", name=tag, exact=True).first
        for tag in (first, second)
    }

    await page.keyboard.press("s")
    await expect(links[second]).to_be_focused()
    await page.keyboard.press("p")
    paused = schedule_row(page, second).get_by_text("Paused", exact=True)
    await expect(paused).to_be_visible()
    await page.keyboard.press("r")
    last = schedule_row(page, second).get_by_role("link", name="Last job: Succeeded")
    await expect(last).to_be_visible()
    await page.keyboard.press("j")
    await expect(links[first]).to_be_focused()
    await page.keyboard.press("k")
    await expect(links[second]).to_be_focused()
    await page.keyboard.press("Delete")
    await expect(page.locator("#confirm-delete-submit")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(schedule_row(page, second)).to_have_count(0)
    await expect(links[first]).to_be_focused()

    await page.keyboard.press("n")
    await expect(page.locator("#cron-type")).to_be_focused()
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    await expect(keys).to_contain_text("The schedules, or back to the jobs")
    await page.keyboard.press("Escape")
    await page.keyboard.press("s")
    await expect(page.locator("#view-jobs")).to_be_visible()
    await expect(row(page, second).get_by_role("link")).to_be_focused()
    assert complaints == []


async def test_view_follows_what_others_do_and_keeps_the_focus(
    page: Page, server: RunningServer, schedules: Schedules
) -> None:
    tag = unique_tag("followed")
    made = await schedules.make(tag)
    await open_schedules(page, server)
    button = page.get_by_role("button", name=f"Run {tag} now")
    await button.focus()

    await schedules.pause(made)

    paused = schedule_row(page, tag).get_by_text("Paused", exact=True)
    await expect(paused).to_be_visible()
    await expect(button).to_be_focused()


async def test_view_tells_what_keeps_a_schedule_from_its_jobs(
    page: Page, server: RunningServer, schedules: Schedules
) -> None:
    tag = unique_tag("troubled")
    await schedules.make(tag)

    def trouble(nodes: list[dict[str, Any]]) -> None:
        skipped = {
            "at": "2026-01-01T06:30:00Z",
            "reason": "OVERLAP",
            "message": "Busy.",
        }
        nodes[0] |= {
            "owner": "TRIGGER_DEV",
            "syncState": "FAILED",
            "syncError": "Trigger.dev knows no such task.",
            "waitingTickAt": "2026-02-01T06:30:00Z",
            "lastSkippedTick": skipped,
        }

    await answer_schedules(page, trouble)
    await open_schedules(page, server)

    shown = schedule_row(page, tag)
    await expect(shown).to_contain_text("Fired by Trigger.dev · refused")
    notes = shown.locator(".schedule-notes li")
    await expect(notes).to_have_count(3)
    await expect(notes.nth(0)).to_contain_text("Trigger.dev knows no such task.")
    await expect(notes.nth(1)).to_contain_text("waits until the open job has ended")
    await expect(notes.nth(2)).to_contain_text("made no job: Busy.")


async def test_view_loads_more_schedules_on_request(
    page: Page, server: RunningServer, schedules: Schedules
) -> None:
    tag = unique_tag("many")
    for number in range(23):
        await schedules.make(tag, key=f"{tag}-{number:02}")
    await open_schedules(page, server)
    rows = page.locator("li.schedule")
    await expect(rows).to_have_count(20)

    await page.get_by_role("button", name="Load more").last.click()

    await expect(rows).to_have_count(23)
    await expect(page.locator("#more-schedules")).to_be_hidden()
    link = schedule_row(page, f"{tag}-02").get_by_role("link").first
    await expect(link).to_be_focused()


async def test_view_shows_the_schedules_of_a_type_or_those_that_are_paused(
    page: Page, server: RunningServer, schedules: Schedules
) -> None:
    kept, paused, other = (unique_tag(name) for name in ("kept", "paused", "other"))
    await schedules.make(kept)
    await schedules.pause(await schedules.make(paused))
    await schedules.make(other, type="flaky")
    await open_board(page, server, "#schedules")
    rows = page.locator("#schedule-list > li")
    await expect(rows).to_have_count(3)

    bar = page.get_by_role("search", name="Filter schedules")
    await bar.get_by_label("Type").select_option("no-op")
    await expect(rows).to_have_count(2)
    await bar.get_by_label("Paused").check()
    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text(paused)

    await bar.get_by_label("Type").select_option("flaky")
    nothing = page.get_by_role("heading", name="No schedule matches")
    await expect(nothing).to_be_visible()
    await page.get_by_role("button", name="Clear the filter").click()
    await expect(rows).to_have_count(3)
    await expect(nothing).to_be_hidden()


async def test_address_leads_to_a_schedule_that_is_on_no_page_yet(
    page: Page, server: RunningServer, schedules: Schedules
) -> None:
    tag = unique_tag("far")
    made = await schedules.make(tag)
    for number in range(20):
        await schedules.make(tag, key=f"{tag}-{number:02}")

    await page.goto(f"{server.url}/#{made['id']}")

    link = schedule_row(page, tag).get_by_role("link", name=tag, exact=True)
    await expect(link).to_be_focused()
    await expect(page.locator("li.schedule")).to_have_count(21)
    await page.goto(f"{server.url}/#sch_00000000000000000000000000")
    await expect(page.locator("#schedules-error")).to_contain_text("no such schedule")


async def test_view_says_what_to_do_when_there_is_none(
    page: Page, server: RunningServer
) -> None:
    await open_schedules(page, server)
    empty = page.locator("#no-schedules")
    await expect(empty).to_contain_text("scheduleCronJob")

    await empty.get_by_role("button", name="New schedule").click()

    await expect(page.get_by_role("dialog", name="New schedule")).to_be_visible()


async def test_view_says_that_it_cannot_read_and_reads_on(
    page: Page, server: RunningServer, schedules: Schedules
) -> None:
    tag = unique_tag("unread")
    await schedules.make(tag)
    await open_schedules(page, server)
    is_down = True

    async def fail(route: Route) -> None:
        if is_down and "query JobSchedules" in (route.request.post_data or ""):
            await route.abort()
        else:
            await route.fallback()

    await page.route("**/graphql", fail)
    await page.evaluate("window.dispatchEvent(new Event('online'))")
    problem = page.locator("#schedules-error")
    await expect(problem).to_contain_text("The server cannot be reached")
    await expect(problem).to_contain_text("Shown as of")
    await expect(schedule_row(page, tag)).to_be_visible()

    is_down = False
    await page.evaluate("window.dispatchEvent(new Event('online'))")

    await expect(problem).to_be_hidden()


async def test_view_offers_nothing_to_those_who_may_only_read(
    page: Page, server: RunningServer, schedules: Schedules
) -> None:
    tag = unique_tag("read-only")
    await schedules.make(tag)

    async def answer(route: Route) -> None:
        if "query Viewer" not in (route.request.post_data or ""):
            await route.fallback()
            return
        viewer = {"userId": "ada", "scopes": ["JOBS_READ"], "expiresAt": None}
        await route.fulfill(json={"data": {"viewer": viewer}})

    await page.route("**/graphql", answer)
    await open_schedules(page, server)

    for name in (f"Run {tag} now", f"Pause {tag}", f"Delete {tag}", "New schedule"):
        await expect(page.get_by_role("button", name=name)).to_be_disabled()
    await expect(schedule_row(page, tag)).to_contain_text("of dev")


async def test_view_fits_a_phone(
    open_page: Callable[..., Any], server: RunningServer
) -> None:
    page = await open_page(viewport={"width": 360, "height": 740})
    schedules = Schedules(page.context.request, server.url)
    tag = unique_tag("a-rather-long-tag-that-has-to-be-broken-on-a-phone")
    await schedules.make(tag, timezone="America/Argentina/Buenos_Aires")
    await open_schedules(page, server)
    await expect(schedule_row(page, tag)).to_be_visible()

    width = await page.evaluate("document.scrollingElement.scrollWidth")

    assert width <= 360
    await page.get_by_role("button", name=f"Run {tag} now").click()
    await page.get_by_role("button", name="Open the job").click()
    await expect(page.locator("#job:modal")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("link", name=tag, exact=True)).to_be_focused()
    await schedules.delete_all()
