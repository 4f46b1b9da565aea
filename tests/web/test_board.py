"""The board in a real browser, on a running Jobwire."""

import json
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest
from playwright.async_api import Page, Request, WebSocketRoute, expect

from jobwire.jobs.identifiers import job_id_text
from tests.factories import insert_job
from tests.servers import RunningServer
from tests.web.steps import has_status, open_board, row, schedule, unique_tag

pytestmark = pytest.mark.browser

#: So large that it runs until it is canceled.
ENDLESS = 1_000_000_000


async def test_board_shows_a_scheduled_job_succeed_without_a_reload(
    page: Page, server: RunningServer
) -> None:
    loads: list[str] = []
    page.on("load", lambda _: loads.append(page.url))
    await open_board(page, server)
    tag = unique_tag("table")

    await schedule(page, "profile-csv", tag, {"Text": "name,age\nAda,36\nAlan,41"})

    await has_status(page, tag, "SUCCEEDED")
    await expect(row(page, tag).locator(".job-attempt")).to_have_text("1/3")
    assert len(loads) == 1


async def test_board_cancels_a_running_job_after_asking(
    page: Page, server: RunningServer
) -> None:
    await open_board(page, server)
    tag = unique_tag("endless")
    await schedule(page, "count-primes", tag, {"Limit": str(ENDLESS)})
    await has_status(page, tag, "RUNNING")

    await row(page, tag).get_by_role("button", name=f"Cancel {tag}").click()
    confirmation = page.get_by_role("dialog", name="Cancel a running job?")
    await confirmation.get_by_label("Reason").fill("wrong limit")
    await confirmation.get_by_role("button", name="Cancel the job").click()

    await has_status(page, tag, "CANCELED")
    await row(page, tag).get_by_role("link").click()
    panel = page.get_by_role("dialog", name=tag)
    await expect(panel.locator("#job-cancellation")).to_contain_text(
        "Its code has stopped."
    )
    await expect(panel.locator("#job-cancellation")).to_contain_text("wrong limit")


async def test_board_cancels_a_job_that_has_not_started_without_asking(
    page: Page, server: RunningServer
) -> None:
    await open_board(page, server)
    tag = unique_tag("later")
    await page.keyboard.press("n")
    dialog = page.get_by_role("dialog", name="New job")
    await dialog.get_by_label("Type").select_option("no-op")
    await dialog.get_by_label("Tag").fill(tag)
    await dialog.get_by_label("After a delay").check()
    await dialog.get_by_label("Delay", exact=True).fill("2")
    await dialog.get_by_label("Unit of delay").select_option("hours")
    await dialog.get_by_role("button", name="Schedule", exact=True).click()
    await has_status(page, tag, "SCHEDULED")
    await expect(row(page, tag)).to_contain_text("Due in 1 h 59 min")

    await row(page, tag).get_by_role("button", name=f"Cancel {tag}").click()

    await has_status(page, tag, "CANCELED")
    await expect(row(page, tag)).to_contain_text("Never started")


async def test_board_retries_an_ended_job_as_a_new_one(
    page: Page, server: RunningServer
) -> None:
    await open_board(page, server)
    tag = unique_tag("again")
    await schedule(page, "no-op", tag)
    await has_status(page, tag, "SUCCEEDED")

    await row(page, tag).get_by_role("button", name=f"Retry {tag}").click()

    await expect(row(page, tag)).to_have_count(2)
    await expect(row(page, tag).first).to_have_attribute("data-status", "SUCCEEDED")
    await row(page, tag).first.get_by_role("link").click()
    await expect(page.locator("#job-subtitle")).to_contain_text("A retry of an earlier")


async def test_board_tells_the_history_of_a_job(
    page: Page, server: RunningServer
) -> None:
    await open_board(page, server)
    tag = unique_tag("flaky")
    await schedule(page, "flaky", tag)
    await row(page, tag).get_by_role("link").click()
    panel = page.get_by_role("dialog", name=tag)

    await expect(panel.locator("#job-status")).to_have_text("Succeeded")

    events = panel.locator("#job-history > li")
    await expect(events.first).to_have_attribute("data-kind", "SUCCEEDED")
    kinds = await events.evaluate_all("nodes => nodes.map(node => node.dataset.kind)")
    assert kinds[-1] == "CREATED"
    assert kinds.count("STARTED") == 3
    assert kinds.count("ATTEMPT_FAILED") == 2
    await expect(events.last).to_contain_text("API · dev")
    await expect(events.first).to_contain_text("Running → Succeeded")
    attempts = panel.locator("#job-attempts li")
    await expect(attempts).to_have_count(3)
    await expect(attempts.last).to_contain_text("Attempt 1 found the other side busy.")
    await expect(attempts.last).to_contain_text("Next attempt due after")
    await expect(attempts.first).not_to_contain_text("Next attempt")


async def test_board_shows_a_refusal_at_its_field(
    page: Page, server: RunningServer
) -> None:
    await open_board(page, server)
    await page.keyboard.press("n")
    dialog = page.get_by_role("dialog", name="New job")
    await dialog.get_by_label("Type").select_option("profile-csv")
    await dialog.get_by_label("Delimiter").fill('"')
    await dialog.get_by_label("Text").fill("a,b")
    await dialog.get_by_role("button", name="Schedule", exact=True).click()
    field = dialog.locator(".field").filter(has=page.get_by_label("Delimiter"))
    await expect(field.locator(".field-error")).to_be_visible()
    await expect(dialog.get_by_label("Delimiter")).to_be_focused()

    await dialog.get_by_label("Delimiter").fill(",")
    await dialog.get_by_label("Tag").fill("no, comma")
    await dialog.get_by_role("button", name="Schedule", exact=True).click()

    await expect(dialog.locator("#tag-error")).to_contain_text("no comma")
    await expect(dialog.get_by_label("Tag")).to_be_focused()
    await expect(dialog.get_by_label("Delimiter")).not_to_have_attribute(
        "aria-invalid", "true"
    )


async def test_board_shows_what_the_server_refuses_in_data_edited_as_json(
    page: Page, server: RunningServer
) -> None:
    await open_board(page, server)
    await page.keyboard.press("n")
    dialog = page.get_by_role("dialog", name="New job")
    await dialog.get_by_label("Type").select_option("count-primes")
    await dialog.get_by_label("Edit as JSON").check()
    await dialog.locator("textarea.code").fill('{"limit": -1}')
    await dialog.get_by_role("button", name="Schedule", exact=True).click()

    await expect(dialog.locator(".data-form .field-error")).to_contain_text("limit")
    await dialog.get_by_label("Edit as JSON").uncheck()
    await expect(dialog.get_by_label("Limit")).to_have_value("-1")


async def test_board_works_by_keyboard_alone(page: Page, server: RunningServer) -> None:
    await open_board(page, server)
    tag = unique_tag("keys")
    await page.keyboard.press("n")
    await expect(page.locator("#schedule-type")).to_be_focused()
    await page.keyboard.type("no-op")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Control+A")
    await page.keyboard.type(tag)
    await page.keyboard.press("Control+Enter")
    await expect(row(page, tag).get_by_role("link")).to_be_focused()
    await has_status(page, tag, "SUCCEEDED")

    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name=tag)).to_be_visible()
    await page.keyboard.press("r")
    await expect(row(page, tag)).to_have_count(2)
    await page.keyboard.press("Escape")
    await expect(page.locator("#job")).to_be_hidden()

    await row(page, tag).first.get_by_role("link").focus()
    await page.keyboard.press("j")
    await expect(row(page, tag).last.get_by_role("link")).to_be_focused()
    await page.keyboard.press("/")
    await expect(page.locator("#filter-search")).to_be_focused()
    await page.keyboard.type(tag)
    await expect(page.locator("li.job")).to_have_count(2)
    await page.locator("#filter-search").blur()
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("#keys")).to_be_hidden()


async def test_filtered_list_lets_go_of_a_job_that_matches_no_more(
    page: Page, server: RunningServer
) -> None:
    tag = unique_tag("filtered")
    await open_board(page, server, f"?status=SCHEDULED,QUEUED,RUNNING&tag={tag}")
    await expect(page.locator("#no-match")).to_be_visible()
    await schedule(page, "count-primes", tag, {"Limit": str(ENDLESS)})
    await has_status(page, tag, "RUNNING")

    await row(page, tag).get_by_role("button", name=f"Cancel {tag}").click()
    await page.get_by_role("button", name="Cancel the job").click()

    await expect(row(page, tag)).to_have_count(0)
    await page.get_by_label("Canceled").check()
    await has_status(page, tag, "CANCELED")


async def test_board_says_that_it_is_stale_and_catches_up(
    page: Page, server: RunningServer
) -> None:
    sockets: list[WebSocketRoute] = []
    is_cut = False

    async def relay(socket: WebSocketRoute) -> None:
        if is_cut:
            await socket.close(code=1013)
            return
        sockets.append(socket)
        socket.connect_to_server()

    await page.route_web_socket("**/graphql", relay)
    await open_board(page, server)
    tag = unique_tag("missed")

    is_cut = True
    await sockets[-1].close(code=1012)
    await expect(page.locator("#stale")).to_contain_text("Shown as of")
    await expect(page.locator("#connection")).to_have_text("Offline")
    await schedule(page, "no-op", tag)
    await has_status(page, tag, "QUEUED")
    await expect(page.get_by_role("button", name="Reconnect now")).to_be_visible()
    is_cut = False
    # By the time of a real click the page may have come back by itself.
    await page.locator("#reconnect").dispatch_event("click")

    await has_status(page, tag, "SUCCEEDED")
    await expect(page.locator("#stale")).to_be_hidden()
    await expect(page.locator("#connection")).to_have_text("Live")


async def test_board_loads_more_jobs_on_request(
    page: Page, server: RunningServer
) -> None:
    tag = unique_tag("many")
    await open_board(page, server)
    for _ in range(30):
        await page.evaluate(
            """async (tag) => {
              const query = `mutation ($tag: String!) {
                scheduleJob(input: {type: "no-op", tag: $tag}) { job { id } } }`;
              await fetch("graphql", {
                method: "POST",
                headers: { "Content-Type": "application/json" },
                body: JSON.stringify({ query, variables: { tag } }),
              });
            }""",
            tag,
        )
    await open_board(page, server, f"?tag={tag}")
    await expect(page.locator("li.job")).to_have_count(25)

    await page.get_by_role("button", name="Load more").click()

    await expect(page.locator("li.job")).to_have_count(30)
    await expect(page.locator("#more")).to_be_hidden()
    await expect(page.locator("li.job").nth(25).get_by_role("link")).to_be_focused()


async def test_board_asks_for_a_token_when_the_server_wants_one(
    page: Page, server: RunningServer
) -> None:
    sent: list[str | None] = []
    refusal = {"message": "No token.", "extensions": {"code": "UNAUTHENTICATED"}}

    async def guard(route: Any) -> None:
        token = route.request.headers.get("authorization")
        sent.append(token)
        if token == "Bearer good-token":
            # The server behind takes loopback for `dev` only without a token.
            headers = {**route.request.headers}
            del headers["authorization"]
            await route.continue_(headers=headers)
        else:
            body = json.dumps({"errors": [refusal]})
            await route.fulfill(status=401, content_type="application/json", body=body)

    payloads: list[Any] = []

    def relay(socket: WebSocketRoute) -> None:
        behind = socket.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            content = json.loads(message)
            if content["type"] == "connection_init":
                payloads.append(content.pop("payload", None))
            behind.send(json.dumps(content))

        socket.on_message(pass_on)

    await page.route("**/graphql", guard)
    await page.route_web_socket("**/graphql", relay)
    await page.goto(f"{server.url}/")
    dialog = page.get_by_role("dialog", name="Sign in")
    await dialog.get_by_label("Token").fill("good-token")
    await dialog.get_by_role("button", name="Sign in").click()

    await expect(page.locator("#connection")).to_have_text("Live")
    await expect(page.locator("#viewer")).to_contain_text("dev")
    assert payloads[-1] == {"Authorization": "Bearer good-token"}
    assert sent[0] is None
    await page.reload()
    await expect(page.locator("#connection")).to_have_text("Live")


async def test_board_says_that_what_it_may_not_show_is_secret(
    page: Page, server: RunningServer
) -> None:
    engine = server.jobwire.engine
    connection = await asyncpg.connect(**engine.database.url.connect_arguments())
    job = await insert_job(connection, now=engine.clock.now(), status="SUCCEEDED")
    await connection.close()

    async def redact(route: Any) -> None:
        # As the API answers to whoever is no admin; here everybody is.
        answer = await route.fetch()
        told = await answer.json()
        found = told.get("data", {}).get("job")
        if found:
            secret = {"data": None, "result": None, "redacted": ["DATA", "RESULT"]}
            found |= secret
        await route.fulfill(response=answer, json=told)

    await page.route("**/graphql", redact)
    await page.goto(f"{server.url}/#{job_id_text(job.id)}")

    for part in ("#job-data", "#job-result"):
        await expect(page.locator(part)).to_contain_text("only admins may see it")


async def test_no_request_leaves_the_origin_and_the_policy_is_kept(
    page: Page, server: RunningServer
) -> None:
    requests: list[Request] = []
    sockets: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request))  # noqa: PLW0108 - a builtin method cannot be its handler
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.on("console", lambda message: complaints.append(message.text))
    await open_board(page, server)
    tag = unique_tag("origin")
    await schedule(page, "flaky", tag)
    await has_status(page, tag, "SUCCEEDED")
    await row(page, tag).get_by_role("link").click()
    await expect(page.locator("#job-history > li").first).to_be_visible()

    origins = {request.url.split("/")[2] for request in requests}
    assert origins == {server.url.split("/")[2]}
    assert {url.split("/")[2] for url in sockets} == origins
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_board_has_enough_contrast_in_light_and_dark(
    open_page: Callable[..., Any], server: RunningServer, scheme: str
) -> None:
    page = await open_page(color_scheme=scheme)
    tag = unique_tag("colours")
    await open_board(page, server)
    await schedule(page, "no-op", tag)
    await has_status(page, tag, "SUCCEEDED")

    contrasts = await page.evaluate(_CONTRASTS)

    assert min(contrasts.values()) >= 4.5, contrasts
    is_dark = await page.evaluate(_LUMINANCE) < 0.5
    assert is_dark == (scheme == "dark")
    await page.get_by_role("button", name="Switch between light and dark").click()
    await page.reload()
    assert (await page.evaluate(_LUMINANCE) < 0.5) != is_dark


async def test_board_fits_a_phone(
    open_page: Callable[..., Any], server: RunningServer
) -> None:
    page = await open_page(viewport={"width": 360, "height": 740})
    tag = unique_tag("a-rather-long-tag-that-has-to-be-shortened-on-a-phone")
    await open_board(page, server)
    await schedule(page, "no-op", tag)
    await has_status(page, tag, "SUCCEEDED")
    await row(page, tag).get_by_role("link").click()
    await expect(page.locator("#job:modal")).to_be_visible()

    width = await page.evaluate("document.scrollingElement.scrollWidth")

    assert width <= 360
    await page.keyboard.press("Escape")
    await expect(row(page, tag).get_by_role("link")).to_be_focused()


#: The contrast of every status colour and of muted text with the list's ground.
_CONTRASTS = """() => {
  const canvas = document.createElement("canvas").getContext("2d",
    { willReadFrequently: true });
  const luminance = (color) => {
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const list = document.querySelector(".list");
  const ground = luminance(getComputedStyle(list).backgroundColor);
  const probe = document.createElement("span");
  probe.className = "status";
  list.append(probe);
  const statuses = ["SCHEDULED", "QUEUED", "RUNNING", "WAITING", "RETRYING",
    "SUCCEEDED", "FAILED", "CANCELED", "EXPIRED"];
  const colors = { muted: getComputedStyle(document.querySelector(".job-type")).color };
  for (const status of statuses) {
    probe.dataset.status = status;
    colors[status] = getComputedStyle(probe).color;
  }
  probe.remove();
  return Object.fromEntries(Object.entries(colors).map(([name, color]) => {
    const [light, dark] = [luminance(color), ground].sort((a, b) => b - a);
    return [name, (light + 0.05) / (dark + 0.05)];
  }));
}"""

#: How light the page's ground is, from 0 to 1.
_LUMINANCE = """() => {
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.fillStyle = getComputedStyle(document.querySelector(".list")).backgroundColor;
  canvas.fillRect(0, 0, 1, 1);
  const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
  return (r + g + b) / 765;
}"""
