"""Both pages at `/graphql` in a real browser, mounted side by side on one server."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import Locator, Page, expect
from pydantic import SecretStr

from jobwire.app.http import GRAPHIQL
from jobwire.app.tokens import mint_token
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.viewer import Scope
from jobwire.models.database_url import DatabaseUrl
from jobwire.web.explorer import graphiql_files
from tests.browser import OpenPage
from tests.servers import RunningServer, running_server
from tests.web.steps import both_pages

pytestmark = pytest.mark.browser

SECRET = SecretStr("a secret of the tests, long enough")
FIRST_TAB = "Schedule"
TABS = [
    FIRST_TAB,
    "List",
    "Filter",
    "WatchOne",
    "WatchAll",
    "Cancel",
    "CancelMany",
    "Cron",
    "Counts",
    "Types",
]
SCHEDULE = """mutation ($input: ScheduleJobInput!) {
  scheduleJob(input: $input) { job { id } errors { message } }
}"""
CANCEL = "mutation ($id: ID!) { cancelJob(input: {id: $id}) { errors { message } } }"


@pytest.fixture(scope="module")
def explorers(server_database_url: DatabaseUrl) -> Iterator[RunningServer]:
    with running_server(
        str(server_database_url), within=both_pages, auth_secret=SECRET
    ) as running:
        yield running


@pytest.fixture
async def watched(
    open_page: OpenPage, explorers: RunningServer
) -> AsyncIterator[OpenPage]:
    """Open pages that may ask the server alone, and write no error to the console."""
    foreign: list[str] = []
    said: list[str] = []

    def ask(url: str) -> None:
        place = url.removeprefix("http").removeprefix("ws")
        if not place.startswith((explorers.url.removeprefix("http"), "data:")):
            foreign.append(url)

    async def open_one(**options: object) -> Page:
        page = await open_page(
            **{"viewport": {"width": 1280, "height": 800}, **options}
        )
        page.on("request", lambda request: ask(request.url))
        page.on("websocket", lambda socket: ask(socket.url))
        page.on("console", lambda line: line.type == "error" and said.append(line.text))
        return page

    yield open_one
    assert foreign == []
    assert said == []


@pytest.fixture
async def own(watched: OpenPage, explorers: RunningServer) -> Page:
    """Our own page."""
    page = await watched()
    await open_own(page, explorers)
    return page


@pytest.fixture
async def graphiql(watched: OpenPage, explorers: RunningServer) -> Page:
    """GraphiQL, as a browser shows it that has not been here before."""
    page = await watched()
    await open_graphiql(page, explorers)
    return page


async def open_graphiql(page: Page, explorers: RunningServer) -> None:
    if not all((GRAPHIQL / name).is_file() for name in graphiql_files()):
        pytest.skip("GraphiQL is NOT tested: its files come with `./dev` where npm is.")
    await page.goto(f"{explorers.url}/graphiql/graphql")
    await expect(page.get_by_role("tab", name=FIRST_TAB)).to_be_visible()


async def open_own(page: Page, explorers: RunningServer) -> None:
    await page.goto(f"{explorers.url}/own/graphql")
    await expect(page.locator("#docs-body")).to_contain_text("scheduleJob")


async def ask(explorers: RunningServer, query: str, **variables: object) -> dict:
    async with httpx.AsyncClient() as http:
        answer = await http.post(
            f"{explorers.url}/own/graphql",
            json={"query": query, "variables": variables},
        )
    return answer.json()["data"]


async def schedule(explorers: RunningServer) -> str:
    """Schedule a job that waits for an hour; return its id."""
    tag = f"explored-{uuid4().hex[:8]}"
    given = {"type": "no-op", "tag": tag, "when": {"delay": "PT1H"}}
    data = await ask(explorers, SCHEDULE, input=given)
    return data["scheduleJob"]["job"]["id"]


async def example(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()
    await expect(page.locator("#operation")).to_contain_text(
        name.title().replace(" ", "")
    )


async def run(page: Page) -> None:
    await page.get_by_role("button", name="Run", exact=True).click()


def box(page: Page, label: str) -> Locator:
    return page.get_by_role("textbox", name=label, exact=True)


async def write(page: Page, label: str, text: str) -> None:
    await box(page, label).fill(text)


async def test_own_page_runs_a_query(own: Page) -> None:
    await write(own, "Document", "{ viewer { userId } }")

    await run(own)

    await expect(own.locator("#result")).to_contain_text('"userId": "dev"')
    await expect(own.locator("#result-status")).to_have_text(
        re.compile(r"^200 · \d+ ms · \d+ B$")
    )


async def test_own_page_runs_a_mutation_with_variables(
    own: Page, explorers: RunningServer
) -> None:
    tag = f"own-{uuid4().hex[:8]}"
    await write(own, "Document", SCHEDULE)
    await write(own, "Variables", f'{{"input": {{"type": "no-op", "tag": "{tag}"}}}}')

    await run(own)

    await expect(own.locator("#result")).to_contain_text('"errors": []')
    found = await ask(
        explorers,
        "query ($tag: [String!]) { jobs(filter: {tags: $tag}) { nodes { tag } } }",
        tag=[tag],
    )
    assert found == {"jobs": {"nodes": [{"tag": tag}]}}


async def test_own_page_shows_the_messages_of_a_subscription_until_it_ends(
    own: Page, explorers: RunningServer
) -> None:
    job = await schedule(explorers)
    await example(own, "Watch one")
    await expect(box(own, "Variables")).to_have_value(re.compile(job))
    await run(own)
    messages = own.locator("#result .message strong")
    await expect(messages).to_have_text(["JobSnapshot", "StreamCaughtUp"])

    await ask(explorers, CANCEL, id=job)

    await expect(messages).to_have_text(["JobSnapshot", "StreamCaughtUp", "JobChange"])
    await expect(own.locator("#result .message").last).to_contain_text("CANCELED")
    await expect(own.locator("#result-status")).to_have_text(
        "Completed by the server · 3 messages"
    )
    await expect(own.locator("#stop")).to_be_hidden()


async def test_own_page_stops_a_subscription(
    own: Page, explorers: RunningServer
) -> None:
    await example(own, "Watch all")
    async with own.expect_websocket() as opened:
        await run(own)
    socket = await opened.value
    await expect(own.locator("#result")).to_contain_text("StreamCaughtUp")

    async with socket.expect_event("close"):
        await own.get_by_role("button", name="Stop").click()

    await expect(own.locator("#result-status")).to_contain_text("Stopped")
    assert socket.url == f"{explorers.url.replace('http', 'ws')}/own/graphql"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Schedule", '"SCHEDULED"'),
        ("List", '"hasNextPage"'),
        ("Filter", '"isCancelable": true'),
        ("Watch one", "StreamCaughtUp"),
        ("Watch all", "StreamCaughtUp"),
        ("Cancel", '"alreadySettled"'),
        ("Cancel many", '"operation": null'),
        ("Cron", '"nextRunTimes"'),
        ("Counts", '"oldestQueuedAt"'),
        ("Types", '"profile-csv"'),
    ],
)
async def test_examples_of_the_own_page_run_as_they_stand(
    own: Page, explorers: RunningServer, name: str, expected: str
) -> None:
    await schedule(explorers)
    await example(own, name)

    await run(own)

    await expect(own.locator("#result")).to_contain_text(expected)
    # Refusals have a code, in a payload as in the errors of an answer; jobs have none.
    await expect(own.locator("#result")).not_to_contain_text('"code"')


async def test_own_page_tells_the_schema_to_click_through(own: Page) -> None:
    docs = own.locator("#docs-body")
    await own.get_by_label("Search the schema").fill("isCancelable")
    await docs.get_by_role("button", name="Job.isCancelable").click()

    await expect(docs.locator("#docs-Job-isCancelable")).to_be_in_viewport()
    await expect(docs.locator("#docs-Job-isCancelable")).to_contain_text(
        "Whether a first cancelJob would do something"
    )
    await docs.locator("#docs-Job-status").get_by_role("button").click()
    await expect(docs.locator("h2")).to_contain_text("JobStatus")
    await expect(docs).to_contain_text("SUCCEEDED")

    await own.get_by_role("button", name="Back").click()
    await expect(docs.locator("h2")).to_contain_text("Job")
    await own.get_by_role("button", name="Back").click()
    await expect(docs.locator("h3")).to_have_text(
        ["Query", "Mutation", "Subscription", "Types"]
    )


async def test_own_page_marks_what_is_deprecated(own: Page) -> None:
    shown = await own.evaluate(
        """async () => {
          const { Docs } = await import("./explorer/docs.js");
          const { Schema } = await import("./explorer/introspection.js");
          const type = { kind: "SCALAR", name: "Int", ofType: null };
          const field = { name: "old", description: "It was.", args: [], type,
            isDeprecated: true, deprecationReason: "Use new." };
          const query = { kind: "OBJECT", name: "Query", description: null,
            fields: [field] };
          const data = { queryType: query, types: [query] };
          new Docs().show(new Schema({ __schema: data }));
          return document.getElementById("docs-Query-old").innerText;
        }"""
    )

    assert "Deprecated. Use new." in shown


async def test_own_page_works_by_keyboard_alone(own: Page) -> None:
    await box(own, "Document").focus()
    await own.keyboard.press("Control+A")
    await own.keyboard.type("{")
    await own.keyboard.press("Enter")
    await own.keyboard.type("viewer { scopes }")
    await own.keyboard.press("Enter")
    await own.keyboard.press("Backspace")
    await own.keyboard.press("Backspace")
    await own.keyboard.type("}")
    await own.keyboard.press("Control+Enter")

    await expect(box(own, "Document")).to_have_value("{\n  viewer { scopes }\n}")
    await expect(own.locator("#result")).to_contain_text("JOBS_READ")
    await own.get_by_role("button", name="Run", exact=True).focus()
    await own.keyboard.press("/")
    await expect(own.get_by_label("Search the schema")).to_be_focused()


async def test_own_page_runs_the_operation_at_the_caret(own: Page) -> None:
    await write(
        own,
        "Document",
        "query First { viewer { userId } }\nquery Second { viewer { scopes } }",
    )

    await own.keyboard.press("Control+Home")
    await expect(own.locator("#operation")).to_have_text("query First")
    await own.keyboard.press("Control+End")
    await expect(own.locator("#operation")).to_have_text("query Second")
    await own.keyboard.press("Control+Enter")

    await expect(own.locator("#result")).to_contain_text("scopes")


async def test_own_page_says_what_is_wrong_with_variables(own: Page) -> None:
    await write(own, "Variables", '{"input": ')
    await run(own)

    await expect(own.get_by_role("alert")).to_contain_text(
        "The variables are no JSON object:"
    )
    await expect(box(own, "Variables")).to_be_focused()

    await write(own, "Variables", "[1]")
    await run(own)

    await expect(own.get_by_role("alert")).to_contain_text("write {…}")


async def test_own_page_sends_the_token_over_http_and_websocket(
    own: Page, explorers: RunningServer
) -> None:
    token = mint_token(
        SECRET,
        user_id="ann",
        scopes={Scope.JOBS_READ},
        lifetime=timedelta(hours=1),
        now=SystemClock().now(),
    )
    job = await schedule(explorers)
    await own.get_by_role("tab", name="Token & headers").click()
    await own.get_by_label("Token", exact=True).fill(f"Bearer {token}")
    await write(own, "Document", "{ viewer { userId } }")
    await run(own)
    await expect(own.locator("#result")).to_contain_text('"userId": "ann"')

    await write(
        own, "Document", f'subscription {{ jobStatusChanged(id: "{job}") {{ id }} }}'
    )
    await run(own)

    # It is another user's job: whoever ann is, she was known.
    await expect(own.locator("#result")).to_contain_text("NOT_FOUND")


async def test_own_page_asks_for_another_token_when_one_is_refused(
    open_page: OpenPage, explorers: RunningServer
) -> None:
    page = await open_page(viewport={"width": 1280, "height": 800})
    await open_own(page, explorers)
    await page.get_by_role("tab", name="Token & headers").click()
    token = page.get_by_label("Token", exact=True)
    await token.fill("worthless")
    await page.get_by_role("button", name="Run", exact=True).focus()

    await run(page)
    await expect(page.locator("#result-status")).to_contain_text("401")
    await expect(token).to_be_focused()

    await write(page, "Document", "subscription { jobListUpdates { __typename } }")
    await run(page)
    await expect(page.locator("#result-status")).to_contain_text("· 0 messages")
    await expect(token).to_be_focused()


async def test_own_page_keeps_the_document(own: Page) -> None:
    await write(own, "Document", "{ viewer { expiresAt } }")
    await write(own, "Variables", '{"kept": true}')

    await own.reload()

    await expect(box(own, "Document")).to_have_value("{ viewer { expiresAt } }")
    await expect(box(own, "Variables")).to_have_value('{"kept": true}')


@pytest.mark.parametrize("part", ["Query", "Result", "Docs"])
async def test_own_page_fits_a_phone(
    watched: OpenPage, explorers: RunningServer, part: str
) -> None:
    page = await watched(viewport={"width": 360, "height": 740}, has_touch=True)
    await page.goto(f"{explorers.url}/own/graphql")
    await run(page)
    await expect(page.locator("#result")).to_contain_text("scheduleJob")

    await page.get_by_role("button", name=part, exact=True).click()

    shown = {"Query": ".ask", "Result": ".answer", "Docs": ".docs"}
    for name, selector in shown.items():
        await expect(page.locator(selector)).to_be_visible(visible=name == part)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_words_of_the_own_page_can_be_read(
    watched: OpenPage, explorers: RunningServer, scheme: str
) -> None:
    page = await watched(color_scheme=scheme)
    await open_own(page, explorers)
    await run(page)
    await expect(page.locator("#result .json")).to_be_visible()

    contrasts = await page.evaluate(_CONTRASTS)

    assert set(contrasts) >= {"is-key", "is-string", "is-keyword", "is-mark"}
    assert {name: ratio for name, ratio in contrasts.items() if ratio < 4.5} == {}


async def test_pages_lead_to_each_other(own: Page, explorers: RunningServer) -> None:
    await own.get_by_role("link", name="Board").click()
    await expect(own).to_have_url(f"{explorers.url}/own/")

    await own.get_by_role("link", name="GraphQL").click()

    await expect(own).to_have_url(f"{explorers.url}/own/graphql")
    await expect(own.get_by_role("button", name="Run", exact=True)).to_be_visible()


async def run_tab(page: Page, name: str) -> None:
    await page.get_by_role("tab", name=name).click()
    if name != FIRST_TAB:
        # It reads the document a moment after it has shown it.
        await page.wait_for_function(
            'name => localStorage["graphiql:operationName"] === name', arg=name
        )
    await page.get_by_role("button", name="Execute query (Ctrl-Enter)").click()


async def test_graphiql_has_a_tab_for_each_example(graphiql: Page) -> None:
    await expect(graphiql.locator(".graphiql-tab-button")).to_have_text(TABS)


async def test_graphiql_runs_a_query(graphiql: Page) -> None:
    await run_tab(graphiql, "List")

    await expect(graphiql.locator(".graphiql-response")).to_contain_text('"nodes"')


async def test_graphiql_runs_a_mutation_with_variables(graphiql: Page) -> None:
    await run_tab(graphiql, FIRST_TAB)

    await expect(graphiql.locator(".graphiql-response")).to_contain_text("SCHEDULED")


async def test_graphiql_shows_what_a_subscription_tells(
    graphiql: Page, explorers: RunningServer
) -> None:
    answer = graphiql.locator(".graphiql-response")
    async with graphiql.expect_websocket() as opened:
        await run_tab(graphiql, "WatchAll")
    # It shows the last message alone, which may be of a job of another test.
    await expect(answer).to_contain_text(re.compile("StreamCaughtUp|JobChange"))
    socket = await opened.value

    job = await schedule(explorers)

    await expect(answer).to_contain_text(job)
    async with socket.expect_event("close"):
        await graphiql.get_by_role("button", name="Stop query (Ctrl-Enter)").click()


async def test_graphiql_shows_the_documentation(graphiql: Page) -> None:
    await graphiql.get_by_role("button", name="Show Documentation Explorer").click()
    docs = graphiql.locator(".graphiql-doc-explorer")

    await docs.get_by_role("link", name="Mutation").click()
    await docs.get_by_role("link", name="scheduleJob", exact=True).click()

    await expect(docs).to_contain_text("When this answers, the job is committed.")


async def test_graphiql_leads_back_to_the_board(
    graphiql: Page, explorers: RunningServer
) -> None:
    await graphiql.get_by_role("link", name="Board").click()

    await expect(graphiql).to_have_url(f"{explorers.url}/graphiql/")


#: The contrast of every coloured word with the ground behind it, by class.
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
  const ground = (node) => {
    const color = getComputedStyle(node).backgroundColor;
    return color === "rgba(0, 0, 0, 0)" ? ground(node.parentElement) : color;
  };
  const words = document.querySelectorAll("[class^=is-]");
  return Object.fromEntries([...words].map((word) => {
    const pair = [luminance(getComputedStyle(word).color), luminance(ground(word))];
    const [light, dark] = pair.sort((one, other) => other - one);
    return [word.className, (light + 0.05) / (dark + 0.05)];
  }));
}"""


async def test_graphiql_keeps_the_policy_with_its_dialogs_open(
    page: Page, explorers: RunningServer
) -> None:
    await open_graphiql(page, explorers)
    await page.evaluate(
        """() => {
          window.violations = [];
          document.addEventListener("securitypolicyviolation", (event) =>
            window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
        }"""
    )
    for name in ("Open short keys dialog", "Open settings dialog"):
        await page.get_by_role("button", name=name).click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_be_hidden()

    assert await page.evaluate("window.violations") == []
