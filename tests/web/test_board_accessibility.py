"""What axe finds on each view and in each dialog of the board: nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser import FindFaults
from tests.servers import RunningServer
from tests.web.runs import Runs
from tests.web.steps import open_board, row, unique_tag

pytestmark = pytest.mark.browser

STATUSES = ("SCHEDULED", "WAITING", "SUCCEEDED", "FAILED", "CANCELED", "EXPIRED")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
async def test_no_view_or_dialog_of_the_board_keeps_anybody_out(
    open_page: Callable[..., Any],
    server: RunningServer,
    runs: Runs,
    find_faults: FindFaults,
    scheme: str,
    width: int,
) -> None:
    tag = unique_tag("seen")
    for status in STATUSES:
        await runs.make_job(tag=tag, status=status, attention=["DRIFTED"])
    viewport = {"width": width, "height": 800}
    page = await open_page(color_scheme=scheme, viewport=viewport)
    await open_board(page, server, f"?tag={tag}")
    await expect(row(page, tag)).to_have_count(len(STATUSES))
    assert await find_faults(page) == []

    await row(page, tag).nth(2).get_by_role("link").click()
    await expect(page.locator("#job-timeline")).to_be_visible()
    assert await find_faults(page) == []
    await page.keyboard.press("Escape")

    for key, dialog in (("n", "New job"), ("C", "Cancel jobs"), ("?", "Keys")):
        await page.keyboard.press(key)
        await expect(page.get_by_role("dialog", name=dialog)).to_be_visible()
        assert await find_faults(page) == []
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog", name=dialog)).to_be_hidden()

    await page.keyboard.press("y")
    await expect(page.get_by_role("heading", name="System")).to_be_visible()
    await expect(page.locator("#view-system")).to_contain_text("Workers")
    assert await find_faults(page) == []

    await page.keyboard.press("s")
    await expect(page.locator("#view-schedules")).to_be_visible()
    await page.keyboard.press("n")
    await page.get_by_label("Cron").fill("0 9 * * *")
    await expect(page.locator("#cron-preview")).to_be_visible()
    assert await find_faults(page) == []
