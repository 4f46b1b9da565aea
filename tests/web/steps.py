"""What a person does on the board, and where to look."""

from uuid import uuid4

from playwright.async_api import Locator, Page, expect
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from jobwire.app.http import GRAPHIQL
from jobwire.web.explorer import explorer_routes
from tests.servers import RunningServer


def both_pages(app: ASGIApp) -> ASGIApp:
    """Put the API under `/own` with our own page, under `/graphiql` with GraphiQL."""
    return Starlette(
        routes=[
            Mount(path, Starlette(routes=[*explorer_routes(graphiql=folder), api]))
            for path, folder in {"/own": None, "/graphiql": GRAPHIQL}.items()
            for api in [Mount("/", app)]
        ]
    )


def unique_tag(name: str) -> str:
    return f"{name}-{uuid4().hex[:12]}"


async def open_board(page: Page, server: RunningServer, query: str = "") -> None:
    await page.goto(f"{server.url}/{query}")
    await expect(page.locator("#connection")).to_have_text("Live")


def row(page: Page, tag: str) -> Locator:
    link = page.get_by_role("link", name=tag, exact=True)
    return page.locator("li.job").filter(has=link)


async def schedule(
    page: Page, type: str, tag: str, fill: dict[str, str] | None = None
) -> None:
    await page.get_by_role("button", name="New job", exact=True).first.click()
    dialog = page.get_by_role("dialog", name="New job")
    await dialog.get_by_label("Type").select_option(type)
    await dialog.get_by_label("Tag").fill(tag)
    for label, value in (fill or {}).items():
        await dialog.get_by_label(label, exact=False).fill(value)
    await dialog.get_by_role("button", name="Schedule", exact=True).click()


async def has_status(page: Page, tag: str, status: str) -> None:
    await expect(row(page, tag)).to_have_attribute("data-status", status)
