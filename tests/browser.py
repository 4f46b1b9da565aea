"""A page in a real Chromium, one browser per worker, one clean profile per test."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.node_project import install_node_project

PICTURES = Path(__file__).parents[1] / "docs" / "images"

#: The shell is Chromium without the windows; it takes two thirds of the time.
_NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--pictures", action="store_true", help="take the pictures of docs/images anew"
    )


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
        for page in context.pages:
            # What is still on its way to a page concerns no test any more.
            await page.unroute_all(behavior="ignoreErrors")
        await context.close()
    assert problems == []


@pytest.fixture
async def page(open_page: OpenPage) -> Page:
    """A page of a wide window."""
    return await open_page(viewport={"width": 1280, "height": 800})


TakePicture = Callable[[Page, str], Awaitable[None]]


@pytest.fixture
def take_picture(pytestconfig: pytest.Config) -> TakePicture:
    """Write a picture of the docs anew, with `--pictures`; it must be there without."""

    async def take(page: Page, name: str) -> None:
        picture = PICTURES / f"{name}.png"
        if pytestconfig.getoption("--pictures"):
            await page.mouse.move(0, 0)
            await page.screenshot(path=picture, animations="disabled")
        assert picture.is_file()

    return take


FindFaults = Callable[[Page], Awaitable[list[str]]]


@pytest.fixture(scope="session")
def find_faults(shared_folder: Path) -> FindFaults:
    """What axe finds on a page as it stands: `assert await find_faults(page) == []`."""
    folder = install_node_project(shared_folder, Path(__file__).parent / "axe")
    source = (folder / "node_modules" / "axe-core" / "axe.min.js").read_text()

    async def find(page: Page) -> list[str]:
        await page.evaluate(source)
        # What fades in has its colours only at the end.
        await page.evaluate(
            "Promise.all(document.getAnimations()"
            ".filter(({effect}) => effect.getTiming().iterations < 100)"
            ".map(({finished}) => finished.catch(() => {})))"
        )
        return await page.evaluate(
            """async () => {
              const { violations } = await axe.run(document);
              return violations.flatMap(({ id, nodes }) => nodes.map((node) =>
                `${id}: ${node.html} ${node.failureSummary}`));
            }"""
        )

    return find
