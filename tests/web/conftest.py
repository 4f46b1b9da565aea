"""What the tests of the board and of the other pages use besides a browser."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from playwright.async_api import Browser, Page, Route

from jobwire.models.database_url import DatabaseUrl
from tests.servers import RunningServer
from tests.web.runs import Runs


@pytest.fixture
async def runs(
    server: RunningServer, server_database_url: DatabaseUrl
) -> AsyncIterator[Runs]:
    """Jobs on Trigger.dev in the database of the server."""
    connection = await asyncpg.connect(**server_database_url.connect_arguments())
    yield Runs(connection, server.jobwire.engine.clock)
    await connection.close()


async def give_nothing(route: Route) -> None:
    await route.fulfill(content_type="text/html", body="<!doctype html>")


@pytest.fixture(scope="module")
async def modules(chromium: Browser, server: RunningServer) -> AsyncIterator[Page]:
    """A page of the server's origin on which nothing runs by itself."""
    page = await chromium.new_page()
    # All that the server has itself is a page at work, or may load no modules.
    blank = f"{server.url}/blank"
    await page.route(blank, give_nothing)
    await page.goto(blank)
    yield page
    await page.close()
