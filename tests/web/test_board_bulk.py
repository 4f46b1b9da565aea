"""Counts by status, and one action on all jobs of a filter, in a real browser."""

import pytest
from playwright.async_api import Page, expect

from tests.servers import RunningServer
from tests.web.runs import Runs
from tests.web.steps import open_board, unique_tag

pytestmark = pytest.mark.browser


async def test_statuses_tell_how_many_jobs_stand_there(
    page: Page, server: RunningServer, runs: Runs
) -> None:
    user = unique_tag("user")
    await runs.make_job(user_id=user, status="FAILED")
    await runs.make_job(user_id=user, status="FAILED")
    await open_board(page, server, f"?user={user}&status=SUCCEEDED")
    failed = page.locator(".chip", has_text="Failed")
    await expect(failed.locator(".count")).to_have_text("2")

    await runs.make_job(user_id=user, status="FAILED")

    await expect(failed.locator(".count")).to_have_text("3")
    await page.locator("#filter-search").fill("a-tag")
    await expect(failed.locator(".count")).to_have_text("")


async def test_a_number_of_jobs_that_has_changed_is_confirmed_anew(
    page: Page, server: RunningServer, runs: Runs
) -> None:
    tag = unique_tag("again")
    await runs.make_job(tag=tag, status="FAILED")
    await open_board(page, server, f"?tag={tag}")
    await page.keyboard.press("R")
    dialog = page.get_by_role("dialog", name="Retry jobs")
    retry = dialog.get_by_role("button", name="Retry 1 job")
    await expect(retry).to_be_enabled()

    await runs.make_job(tag=tag, status="EXPIRED")
    await retry.click()

    await expect(dialog.get_by_role("alert")).to_have_text(
        "The number of jobs has changed meanwhile. Look again."
    )
    await expect(page.locator("li.job")).to_have_count(2)
    await dialog.get_by_role("button", name="Retry 2 jobs").click()
    done = page.locator("#bulk-operation")
    await expect(done).to_contain_text("Retried 2 of 2 jobs.")
    await expect(page.locator("li.job")).to_have_count(4)
    await page.reload()
    await expect(done).to_contain_text("Retried 2 of 2 jobs.")
    await done.get_by_role("button", name="Dismiss").click()
    await page.reload()
    await expect(page.locator("#connection")).to_have_text("Live")
    await expect(done).to_be_hidden()


async def test_nothing_is_done_where_no_job_matches(
    page: Page, server: RunningServer, runs: Runs
) -> None:
    tag = unique_tag("ended")
    await runs.make_job(tag=tag, status="SUCCEEDED")
    await open_board(page, server, f"?tag={tag}")

    await page.keyboard.press("C")

    dialog = page.get_by_role("dialog", name="Cancel jobs")
    await expect(dialog.locator("#bulk-count")).to_have_text(
        f"There are no open jobs with the tag {tag}."
    )
    await expect(dialog.get_by_role("button", name="Cancel jobs")).to_be_disabled()
    await dialog.get_by_role("button", name="Close").click()
    await expect(dialog).to_be_hidden()


async def test_jobs_that_refuse_say_why(
    page: Page, server: RunningServer, runs: Runs
) -> None:
    tag = unique_tag("refusing")
    job = await runs.make_job(
        tag=tag, type="gone", status="FAILED", executor="internal"
    )
    await open_board(page, server, f"?tag={tag}")
    await page.keyboard.press("R")
    await page.get_by_role("button", name="Retry 1 job").click()

    done = page.locator("#bulk-operation")
    await expect(done).to_contain_text("Retried 0 of 1 job, 1 refused.")
    await done.get_by_text("Why 1 job refused").click()
    await expect(done.get_by_role("listitem")).to_contain_text("gone")
    await done.get_by_role("link").click()
    await expect(page.get_by_role("dialog", name=job.tag)).to_be_visible()
