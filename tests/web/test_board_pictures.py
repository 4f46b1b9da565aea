"""A working day on the board, which is also what the pictures of the docs show."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from playwright.async_api import Page, expect

from jobwire.jobs.failure import Failure
from jobwire.models.database_url import DatabaseUrl
from jobwire.models.vocabulary import FailureKind, SignalSource
from tests.browser import TakePicture
from tests.factories import insert_job
from tests.servers import RunningServer
from tests.web.runs import Runs
from tests.web.steps import open_board, row

pytestmark = pytest.mark.browser

DAY = [
    ("SCHEDULED", "send-invoice", "invoice-1043", "internal"),
    ("SUCCEEDED", "import-orders", "orders-2026-11", "internal"),
    ("SUCCEEDED", "resize-images", "catalogue", "internal"),
    ("CANCELED", "send-invoice", "invoice-1042", "internal"),
    ("FAILED", "import-orders", "orders-2026-10", "internal"),
    ("RUNNING", "train-model", "churn-forecast", "trigger"),
    ("SUCCEEDED", "nightly-report", "report-berlin", "trigger"),
    ("SUCCEEDED", "nightly-report", "report-lisbon", "trigger"),
    ("WAITING", "approve-refund", "refund-77", "trigger"),
    ("SUCCEEDED", "resize-images", "avatars", "internal"),
    ("SUCCEEDED", "send-invoice", "invoice-1041", "internal"),
]


@pytest.fixture
async def user(server: RunningServer, server_database_url: DatabaseUrl) -> str:
    """Whose day it is."""
    name = "maya"
    connection = await asyncpg.connect(**server_database_url.connect_arguments())
    now = server.jobwire.engine.clock.now()
    for age, (status, type, tag, executor) in enumerate(DAY):
        at = now - timedelta(minutes=3 * age, seconds=7 * age + 2)
        more: dict[str, Any] = {"started": at, "finished": at + timedelta(seconds=41)}
        if status in ("SCHEDULED", "RUNNING", "WAITING"):
            more = {"started": None if status == "SCHEDULED" else at}
        if status == "SCHEDULED":
            more["run_at"] = at + timedelta(hours=1)
        if status == "FAILED":
            error = {"kind": "TASK_ERROR", "message": "Line 211: no such article."}
            more["result"] = {"error": error}
        if status == "RUNNING":
            told = {"fraction": 0.62, "message": "Epoch 5 of 8", "current": None}
            more["progress"] = {**told, "total": None, "updatedAt": at.isoformat()}
        await insert_job(
            connection,
            now=at,
            status=status,
            type=type,
            tag=tag,
            user_id=name,
            executor=executor,
            attempts=int(status != "SCHEDULED"),
            **more,
        )
    await connection.close()
    return name


async def test_a_working_day_fits_every_window(
    open_page: Callable[..., Any],
    server: RunningServer,
    user: str,
    runs: Runs,
    take_picture: TakePicture,
) -> None:
    wide: Page = await open_page(viewport={"width": 1280, "height": 800})
    await open_board(wide, server, f"?user={user}")
    await expect(wide.locator("li.job")).to_have_count(len(DAY))
    await expect(wide.locator(".chip .count").filter(has_text="6")).to_be_visible()
    await take_picture(wide, "board-jobs")

    job = await runs.make_job(tag="churn-forecast-2", type="train-model", user_id=user)
    await runs.send(job)
    await runs.link(job, run_id := f"run_{uuid4().hex[:21]}")
    await runs.hear(run_id, "EXECUTING", source=SignalSource.WEBHOOK)
    await runs.hear(run_id, "EXECUTING", source=SignalSource.WEBHOOK, fraction=0.4)
    failure = Failure(FailureKind.TASK_ERROR, "The table has no header.")
    await runs.hear(run_id, "FAILED", source=SignalSource.REALTIME, failure=failure)
    await row(wide, job.tag).get_by_role("link").click()
    panel = wide.get_by_role("dialog", name=job.tag)
    await expect(panel.locator("#job-failure")).to_contain_text("no header")
    lanes = panel.locator(".timeline-label")
    await expect(lanes).to_have_text(["Attempts", "API", "Dispatch", "Hook", "Feed"])
    await take_picture(wide, "board-job")

    await wide.goto(f"{server.url}/#system")
    await expect(wide.get_by_role("heading", name="Queues")).to_be_visible()
    await expect(wide.locator("#connection")).to_have_text("Live")
    await take_picture(wide, "board-system")

    narrow: Page = await open_page(
        viewport={"width": 390, "height": 780}, color_scheme="dark"
    )
    await open_board(narrow, server, f"?user={user}")
    await expect(narrow.locator("li.job")).to_have_count(len(DAY) + 1)
    width = await narrow.evaluate("document.scrollingElement.scrollWidth")
    assert width <= 390
    await take_picture(narrow, "board-phone")
