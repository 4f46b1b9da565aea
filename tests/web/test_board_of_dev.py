"""The board of `dev`, where both executors run: what a newcomer sees and does."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.async_api import Page, expect

from tests.app.commands import running
from tests.app.test_dev import start
from tests.web.steps import has_status, open_board, row, schedule, unique_tag

pytestmark = pytest.mark.browser


@pytest.fixture
async def dev(tmp_path: Path) -> AsyncIterator[SimpleNamespace]:
    with running("dev", "--port", "0", folder=tmp_path) as command:
        url = await start(command)
        yield SimpleNamespace(url=url.rstrip("/"))
        command.signal(signal.SIGINT)
        await asyncio.to_thread(command.end)


async def test_a_job_on_trigger_dev_is_scheduled_moves_and_is_canceled(
    page: Page, dev: SimpleNamespace
) -> None:
    await open_board(page, dev)
    trigger = page.locator("#executors [data-executor=TRIGGER]")
    await expect(trigger).to_have_attribute("data-health", "HEALTHY")
    canceled, told, greeted = map(unique_tag, ("canceled", "told", "greeted"))

    await schedule(page, "process-large-dataset", canceled, {"seconds": "60"})
    await schedule(page, "process-large-dataset", told, {"seconds": "2"})
    await has_status(page, canceled, "RUNNING")
    await expect(row(page, canceled)).to_contain_text("rows")
    await row(page, canceled).get_by_role("button", name=f"Cancel {canceled}").click()
    await page.get_by_role("button", name="Cancel the job").click()
    await has_status(page, canceled, "CANCELED")
    await has_status(page, told, "SUCCEEDED")

    await page.get_by_role("button", name="New job", exact=True).first.click()
    dialog = page.get_by_role("dialog", name="New job")
    kind = dialog.get_by_label("Type", exact=True)
    await kind.select_option(label="Another Trigger.dev task…")
    await dialog.get_by_label("Task").fill("my-task")
    await dialog.get_by_label("Tag").fill(greeted)
    await dialog.get_by_role("button", name="Schedule", exact=True).click()
    await has_status(page, greeted, "SUCCEEDED")
