"""A page in a real Chromium, one browser per worker, one clean profile per test."""

import os
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.servers import RunningServer

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: Nothing may leave the machine, not even what a browser does for itself.
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def _chromium() -> Path | None:
    given = os.environ.get("CHROMIUM_PATH")
    found = given or next(filter(None, map(shutil.which, _NAMES)), None)
    return Path(found) if found else None


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The system's Chromium."""
    path = _chromium()
    if path is None:
        pytest.skip(
            "The pages are NOT tested: no Chromium was found. Install chromium, or name"
            " it in CHROMIUM_PATH."
        )
    expect.set_options(timeout=15_000)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path, headless=True, args=list(_ARGUMENTS)
        )
        yield browser
        await browser.close()


OpenPage = Callable[..., Any]


@pytest.fixture
async def open_page(chromium: Browser) -> AsyncIterator[OpenPage]:
    """Open a page: `await open_page(color_scheme="dark")`; its errors fail the test."""
    contexts = []
    problems: list[str] = []

    async def open_one(**options: object) -> Page:
        context = await chromium.new_context(**options)
        contexts.append(context)
        context.set_default_timeout(15_000)
        page = await context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        await context.close()
    assert problems == []


@pytest.fixture
async def page(open_page: OpenPage) -> Page:
    """A page of a wide window."""
    return await open_page(viewport={"width": 1280, "height": 800})


@pytest.fixture(scope="module")
async def modules(chromium: Browser, server: RunningServer) -> AsyncIterator[Page]:
    """A page of the server's origin on which nothing runs by itself."""
    page = await chromium.new_page()
    await page.goto(f"{server.url}/livez")
    yield page
    await page.close()
