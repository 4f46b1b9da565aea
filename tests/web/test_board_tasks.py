"""What an operator comes for takes three clicks or chords, beside the words typed."""

from uuid import uuid4

import pytest
from playwright.async_api import Locator, Page, expect

from jobwire.jobs.failure import Failure
from jobwire.jobs.identifiers import job_id_text
from jobwire.models.vocabulary import FailureKind
from tests.servers import RunningServer
from tests.web.runs import Runs
from tests.web.steps import open_board, row, unique_tag

pytestmark = pytest.mark.browser

ENOUGH = 3


class Hand:
    """Counts what it does to a page."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.moves = 0

    async def click(self, target: Locator) -> None:
        self.moves += 1
        await target.click()

    async def press(self, chord: str) -> None:
        self.moves += 1
        await self._page.keyboard.press(chord)

    async def write(self, text: str) -> None:
        """What has to be said in any case counts for nothing."""
        await self._page.keyboard.type(text)


@pytest.fixture
async def hand(page: Page, server: RunningServer) -> Hand:
    await open_board(page, server)
    # Whose jobs may be asked for is known once the viewer is.
    await expect(page.locator("#filter-user")).to_be_visible()
    return Hand(page)


async def test_the_failed_jobs_of_a_user_are_found(
    page: Page, hand: Hand, runs: Runs
) -> None:
    user, tag = unique_tag("user"), unique_tag("theirs")
    failed = await runs.make_job(tag=tag, user_id=user, status="FAILED")
    await runs.make_job(tag=tag, user_id=user, status="SUCCEEDED")
    await runs.make_job(tag=tag, status="FAILED")

    await hand.press("u")
    await hand.write(user)
    await hand.click(page.locator(".chip", has_text="Failed"))

    await expect(page.locator("li.job")).to_have_count(1)
    await expect(page.locator("li.job")).to_have_attribute(
        "data-job-id", job_id_text(failed.id)
    )
    assert hand.moves <= ENOUGH


async def test_a_job_tells_why_it_failed(page: Page, hand: Hand, runs: Runs) -> None:
    tag = unique_tag("broken")
    job = await runs.make_job(tag=tag)
    sent = await runs.send(job)
    await runs.link(job, run_id := f"run_{uuid4().hex[:21]}")
    failure = Failure(FailureKind.TASK_ERROR, "The table has no header.")
    await runs.hear(run_id, "FAILED", failure=failure)
    assert sent

    await hand.click(row(page, tag).get_by_role("link"))

    panel = page.get_by_role("dialog", name=tag)
    await expect(panel.locator("#job-failure")).to_contain_text(
        "The table has no header."
    )
    assert hand.moves <= ENOUGH


async def test_all_jobs_of_a_tag_are_canceled(
    page: Page, hand: Hand, runs: Runs
) -> None:
    tag = unique_tag("unwanted")
    for status in ("SCHEDULED", "SCHEDULED", "SUCCEEDED"):
        await runs.make_job(tag=tag, status=status)

    await hand.press("/")
    await hand.write(tag)
    await expect(page.locator("li.job")).to_have_count(3)
    await hand.click(page.get_by_role("button", name="Cancel all…"))
    dialog = page.get_by_role("dialog", name="Cancel jobs")
    await expect(dialog).to_contain_text(f"2 open jobs with the tag {tag}")
    await hand.click(dialog.get_by_role("button", name="Cancel 2 jobs"))

    await expect(page.locator("#bulk-operation")).to_have_text(
        "Canceled 2 of 2 jobs.", use_inner_text=True
    )
    await expect(page.locator("li.job[data-status=CANCELED]")).to_have_count(2)
    assert hand.moves <= ENOUGH


async def test_what_runs_now_is_seen(page: Page, hand: Hand, runs: Runs) -> None:
    tag = unique_tag("running")
    await runs.make_job(tag=tag, status="RUNNING")
    await runs.make_job(tag=unique_tag("done"), status="SUCCEEDED")

    await hand.click(page.locator(".chip", has_text="Running"))

    await expect(row(page, tag)).to_be_visible()
    await expect(page.locator("li.job:not([data-status=RUNNING])")).to_have_count(0)
    assert hand.moves <= ENOUGH


async def test_a_schedule_is_paused(
    page: Page, hand: Hand, server: RunningServer
) -> None:
    tag = unique_tag("nightly")
    made = await page.context.request.post(
        f"{server.url}/graphql",
        data={
            "query": """mutation ($tag: String!) {
              scheduleCronJob(input: {type: "no-op", tag: $tag, cron: "30 6 1 1 *"}) {
                schedule { id } } }""",
            "variables": {"tag": tag},
        },
    )
    assert made.ok

    await hand.press("s")
    schedule = page.locator("#schedule-list > li").filter(has_text=tag)
    await expect(schedule.get_by_role("link", name=tag)).to_be_focused()
    await hand.press("p")

    await expect(schedule).to_contain_text("Paused")
    assert hand.moves <= ENOUGH


@pytest.mark.parametrize("form", ["run", "id", "uuid"])
async def test_a_job_is_found_by_its_run_and_by_both_forms_of_its_id(
    page: Page, hand: Hand, runs: Runs, form: str
) -> None:
    tag, run_id = unique_tag("sought"), f"run_{uuid4().hex[:21]}"
    job = await runs.make_job(tag=tag, status="SUCCEEDED", trigger_run_id=run_id)
    await runs.make_job(tag=tag, status="SUCCEEDED")
    known = {"run": run_id, "id": job_id_text(job.id), "uuid": str(job.id)}

    await hand.press("/")
    await hand.write(known[form])
    await hand.press("Enter")

    panel = page.get_by_role("dialog", name=tag)
    await expect(panel.locator("code", has_text=job_id_text(job.id))).to_be_visible()
    await expect(page.locator("li.job")).to_have_count(1)
    assert hand.moves <= ENOUGH
