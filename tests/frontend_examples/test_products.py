"""The page of each example, in a real browser on a real server.

All of them show the same: a list that stays right, a job, a form.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from playwright.async_api import Locator, Page, expect

from jobwire.jobs.clock import SystemClock
from jobwire.models.database_url import DatabaseUrl
from tests.app.commands import running
from tests.browser import FindFaults, TakePicture
from tests.factories import insert_job
from tests.flows.endpoint import READ_AND_WRITE, SECRET, Endpoint, endpoint, token
from tests.frontend_examples.products import Product, Site, build, site

#: What an example needs is installed with npm, which takes what the network takes.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

#: So large that it runs until it is canceled.
ENDLESS = "1000000000"


@pytest.fixture(
    scope="module", params=["react-urql", "react-apollo", "react-relay", "vanilla"]
)
def product(request: pytest.FixtureRequest, shared_folder: Path) -> Product:
    return build(shared_folder, request.param)


@pytest.fixture(scope="module")
def web() -> Iterator[Site]:
    """A web server for the pages."""
    with site() as served:
        yield served


@pytest.fixture(scope="module")
def api(
    web: Site,
    server_database_url: DatabaseUrl,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Endpoint]:
    """A server that may be killed, and a worker that goes on meanwhile."""
    folder = tmp_path_factory.mktemp("products")
    settings = {
        "JOBWIRE_EXAMPLES": "true",
        "JOBWIRE_ALLOWED_ORIGINS": web.origin,
        "JOBWIRE_AUTH_SECRET": SECRET,
    }
    with ExitStack() as stack:
        database = str(server_database_url)
        served = stack.enter_context(endpoint(database, folder, **settings))
        worker = running("worker", folder=folder, DATABASE_URL=database, **settings)
        stack.enter_context(worker)
        web.api = served.url
        yield served


@pytest.fixture
def user() -> str:
    """Somebody who has no jobs yet."""
    return f"user-{uuid4().hex[:12]}"


@pytest.fixture
def address(web: Site, product: Product, api: Endpoint) -> str:
    """Where the page is; the API is up, whatever an earlier test has left."""
    if not api.is_up:
        api.start()
    return web.publish(product)


@pytest.fixture
async def shown(open_page: Callable[..., Any], address: str, user: str) -> Page:
    """The list of a user who has signed in."""
    page: Page = await open_page(viewport={"width": 1280, "height": 800})
    await page.goto(address)
    await sign_in(page, token(user, may=READ_AND_WRITE))
    return page


async def sign_in(page: Page, proof: str) -> None:
    await page.get_by_label("Token").fill(proof)
    await page.get_by_role("button", name="Sign in").click()
    await is_state(page, "live")


async def is_state(page: Page, state: str) -> None:
    status = page.locator("header [role=status]")
    await expect(status).to_have_attribute("data-state", state)


def rows(page: Page) -> Locator:
    return page.locator("li[data-job]")


def row(page: Page, tag: str) -> Locator:
    link = page.get_by_role("link", name=tag, exact=True)
    return rows(page).filter(has=link)


async def has_status(place: Locator, status: str) -> None:
    await expect(place.locator("[data-status]").first).to_have_attribute(
        "data-status", status
    )


async def test_a_job_is_scheduled_watched_and_canceled(
    shown: Page, find_faults: FindFaults, take_picture: TakePicture
) -> None:
    page = shown
    await expect(page.get_by_text("No jobs yet.")).to_be_visible()
    assert await find_faults(page) == []
    await page.get_by_role("link", name="New job").first.click()
    await page.get_by_label("Type").select_option("count-primes")
    await page.get_by_label("Tag").fill("a, comma")
    await page.get_by_role("button", name="Schedule").click()
    await expect(page.get_by_role("heading", name="New job")).to_be_visible()
    await page.get_by_label("Limit").fill(ENDLESS)
    await page.get_by_role("button", name="Schedule").click()
    await expect(page.get_by_text(re.compile("comma", re.IGNORECASE))).to_be_visible()
    assert await find_faults(page) == []

    await page.get_by_label("Tag").fill("primes")
    await page.get_by_role("button", name="Schedule").click()
    main = page.get_by_role("main")
    await expect(main.get_by_role("heading", name="primes", level=1)).to_be_visible()
    await has_status(main, "RUNNING")
    await expect(main.get_by_role("progressbar")).to_be_visible()
    history = page.get_by_role("region", name="History")
    await expect(history.get_by_role("listitem").first).to_contain_text("Accepted")
    await expect(history).to_contain_text("Attempt started")
    await expect(history).to_contain_text(re.compile("[1-9]%"))
    await take_picture(page, "example-job")
    assert await find_faults(page) == []

    await page.get_by_role("link", name="Jobs", exact=True).click()
    await has_status(row(page, "primes"), "RUNNING")
    await row(page, "primes").get_by_role("button", name="Cancel primes").click()
    await has_status(row(page, "primes"), "CANCELED")
    await row(page, "primes").get_by_role("link").click()
    outcome = page.get_by_role("region", name="Cancel")
    await expect(outcome).to_contain_text(re.compile("stopped", re.IGNORECASE))
    await page.get_by_role("button", name="Retry").click()
    await has_status(page.get_by_role("main"), "RUNNING")
    await page.get_by_role("main").get_by_role("button", name="Cancel").click()
    await has_status(page.get_by_role("main"), "CANCELED")
    assert await find_faults(page) == []


async def test_what_is_refused_is_said_where_it_was_asked_for(
    shown: Page, server_database_url: DatabaseUrl, user: str
) -> None:
    page = shown
    await page.goto(page.url.split("#")[0] + "#/jobs/job_00000000000000000000000007")
    await expect(page.get_by_text("There is no such job.")).to_be_visible()
    await page.get_by_role("link", name="Jobs", exact=True).click()
    connection = await asyncpg.connect(**server_database_url.connect_arguments())
    now = SystemClock().now()
    await insert_job(connection, now=now, user_id=user, type="gone", status="FAILED")
    await connection.close()

    await row(page, "tag-1").get_by_role("link").click()
    failure = page.get_by_role("region", name="Failure")
    await expect(failure).to_contain_text("no")
    await page.get_by_role("button", name="Retry").click()
    await expect(page.get_by_role("main").get_by_role("alert")).to_contain_text("gone")


async def test_the_list_ends_right_over_the_end_of_its_server(
    shown: Page,
    api: Endpoint,
    server_database_url: DatabaseUrl,
    user: str,
    take_picture: TakePicture,
) -> None:
    page = shown
    connection = await asyncpg.connect(**server_database_url.connect_arguments())
    now = SystemClock().now()
    for number in range(25):
        await insert_job(
            connection,
            now=now + timedelta(milliseconds=number),
            user_id=user,
            tag=f"job-{number}",
            status="SCHEDULED",
            next_attempt_at=now + timedelta(hours=1),
        )
    await expect(rows(page)).to_have_count(25)
    await page.reload()
    # Only what was live can become stale.
    await is_state(page, "live")
    await expect(rows(page)).to_have_count(20)
    await page.get_by_role("button", name="Load more").click()
    await expect(rows(page)).to_have_count(25)
    loads: list[str] = []
    page.on("load", lambda _: loads.append(page.url))

    api.kill()
    await is_state(page, "stale")
    banner = page.get_by_role("alert")
    await expect(banner).to_contain_text("tried again by itself")
    await expect(rows(page)).to_have_count(25)
    await row(page, "job-3").get_by_role("button").click()
    await expect(row(page, "job-3").get_by_role("alert")).to_be_visible()
    await insert_job(
        connection, now=SystemClock().now(), user_id=user, tag="new", status="FAILED"
    )
    await connection.close()
    api.start()
    await is_state(page, "live")

    await expect(rows(page).first).to_contain_text("new")
    await expect(rows(page)).to_have_count(26)
    await expect(rows(page).get_by_role("link")).to_have_text(
        ["new", *(f"job-{number}" for number in reversed(range(25)))]
    )
    await page.get_by_label("Status").select_option("Failed")
    await expect(rows(page)).to_have_count(1)
    await page.get_by_label("Status").select_option("All")
    await row(page, "job-24").get_by_role("button", name="Cancel job-24").click()
    await has_status(row(page, "job-24"), "CANCELED")
    await take_picture(page, "example-jobs")

    await page.context.set_offline(True)
    await is_state(page, "offline")
    await expect(banner).to_contain_text("You are offline.")
    await page.context.set_offline(False)
    await is_state(page, "live")
    assert loads == []


async def test_a_token_that_ends_is_asked_for_and_nothing_is_lost(
    open_page: Callable[..., Any],
    address: str,
    server_database_url: DatabaseUrl,
    user: str,
) -> None:
    page: Page = await open_page(viewport={"width": 360, "height": 800})
    await page.goto(address)
    await sign_in(page, token(user, may=READ_AND_WRITE, lasts=timedelta(seconds=3)))
    connection = await asyncpg.connect(**server_database_url.connect_arguments())
    job = {"user_id": user, "status": "SUCCEEDED"}
    await insert_job(connection, now=SystemClock().now(), tag="before", **job)

    await is_state(page, "refused")
    await insert_job(connection, now=SystemClock().now(), tag="after", **job)
    await connection.close()
    await expect(page.get_by_role("alert")).to_be_visible()
    await sign_in(page, token(user, may=READ_AND_WRITE))

    await expect(rows(page)).to_have_count(2)
    width = await page.evaluate("document.scrollingElement.scrollWidth")
    assert width <= 360
