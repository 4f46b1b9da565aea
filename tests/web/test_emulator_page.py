"""The page of the emulator in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from jobwire.testing import RunningEmulator, run_emulator
from tests.browser import OpenPage

pytestmark = pytest.mark.browser


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[RunningEmulator]:
    """An emulator whose clock stands still."""
    with run_emulator(tmp_path) as running:
        running.freeze()
        yield running


async def triggered(emulator: RunningEmulator, task: str, payload: object) -> str:
    async with emulator.client() as client:
        return (await client.tasks.trigger(task, payload)).id


async def test_it_shows_a_run_move_by_the_clock(
    page: Page, emulator: RunningEmulator
) -> None:
    await page.goto(emulator.url)
    await expect(page.locator("#no-runs")).to_contain_text("my-task")
    run = await triggered(emulator, "process-large-dataset", {"seconds": 80})
    row = page.locator(f"tr[data-run={run}]")
    await emulator.advance_async(1.2)

    await expect(row.locator(".status")).to_have_text("EXECUTING")
    await expect(row).to_contain_text("1000 of 80000 rows")
    await expect(row.locator(".attempt")).to_have_text("1")
    await expect(row.locator(".age")).to_have_text("1 s")
    await expect(page.locator("#frozen")).to_be_visible()

    await page.get_by_role("button", name="+1 min").click()

    await expect(row.locator(".age")).to_have_text("1 min")
    await page.get_by_role("button", name="+1 min").click()
    await expect(row.locator(".status")).to_have_text("COMPLETED")
    await expect(row.get_by_role("button")).to_be_hidden()


async def test_it_cancels_a_run_by_keyboard_alone(
    page: Page, emulator: RunningEmulator
) -> None:
    run = await triggered(emulator, "process-large-dataset", {"seconds": 60})
    await page.goto(emulator.url)
    button = page.get_by_role("button", name=f"Cancel process-large-dataset {run}")
    await expect(button).to_be_visible()

    await page.keyboard.press("Tab")
    await expect(button).to_be_focused()
    await page.keyboard.press("Enter")

    status = page.locator(f"tr[data-run={run}] .status")
    await expect(status).to_have_text("CANCELED")


async def test_a_key_freezes_and_releases_the_clock(
    page: Page, emulator: RunningEmulator
) -> None:
    await page.goto(emulator.url)
    await expect(page.locator("#freeze")).to_have_text("Release")

    await page.keyboard.press("f")

    await expect(page.locator("#freeze")).to_have_text("Freeze")
    await expect(page.locator("#frozen")).to_be_hidden()
    began = emulator.now()
    assert began < emulator.now()


async def test_a_fault_is_added_by_keyboard_counted_and_removed(
    page: Page, emulator: RunningEmulator
) -> None:
    await page.goto(emulator.url)
    await expect(page.locator("#connection")).to_have_text("Live")
    await page.keyboard.press("n")
    await expect(page.locator("#kind")).to_be_focused()
    await page.get_by_label("Status").fill("500")
    await page.get_by_label("Route").fill("GET /api/v1/runs")
    await page.get_by_label("How often").fill("2")
    await page.keyboard.press("Enter")

    item = page.locator("#faults li")
    await expect(item).to_contain_text("0 so far, 2 left")
    [active] = emulator.faults.active()
    assert active.fault.status == 500
    answer = await page.request.get(f"{emulator.url}/api/v1/runs")
    assert answer.status == 500
    await expect(item).to_contain_text("1 so far, 1 left")

    await item.get_by_role("button", name="Remove").click()

    await expect(page.locator("#no-faults")).to_be_visible()
    assert emulator.faults.active() == ()


async def test_every_kind_of_fault_can_be_added(
    page: Page, emulator: RunningEmulator
) -> None:
    await page.goto(emulator.url)
    kinds = await page.locator("#kind option").evaluate_all(
        "options => options.map(option => option.value)"
    )
    for count, kind in enumerate(kinds, 1):
        await page.get_by_label("What goes wrong").select_option(kind)
        await page.get_by_role("button", name="Add the fault").click()
        await expect(page.locator("#faults li")).to_have_count(count)
    assert [one.fault.kind for one in emulator.faults.active()] == kinds

    await page.get_by_role("button", name="Remove all").click()

    await expect(page.locator("#faults li")).to_have_count(0)


async def test_a_refusal_is_told_in_the_words_of_the_emulator(
    page: Page, emulator: RunningEmulator
) -> None:
    await page.goto(emulator.url)
    await page.get_by_label("Status").fill("99")
    await page.get_by_role("button", name="Add the fault").click()

    await expect(page.get_by_role("alert")).to_have_text(
        "The fault cannot be: status must be from 200 to 599."
    )


async def test_it_says_when_the_emulator_is_gone(page: Page, tmp_path: Path) -> None:
    with run_emulator(tmp_path) as emulator:
        await page.goto(emulator.url)
        await expect(page.locator("#connection")).to_have_text("Live")

    await expect(page.locator("#connection")).to_have_text(
        "The emulator does not answer"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
async def test_it_follows_the_system_fits_and_loads_nothing_from_elsewhere(
    open_page: OpenPage, emulator: RunningEmulator, scheme: str, width: int
) -> None:
    page = await open_page(
        color_scheme=scheme, viewport={"width": width, "height": 800}
    )
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    await triggered(emulator, "process-large-dataset", {"seconds": 60})
    await page.goto(emulator.url)
    await expect(page.locator("tr[data-run]")).to_be_visible()
    await expect(page.locator("#connection")).to_have_text("Live")

    ground = await page.evaluate(
        "getComputedStyle(document.documentElement).backgroundColor"
    )
    overflow = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert ground == {"light": "rgb(246, 247, 249)", "dark": "rgb(14, 17, 22)"}[scheme]
    assert overflow <= 0
    assert {url for url in asked if not url.startswith(emulator.url)} == set()
    assert complaints == []
