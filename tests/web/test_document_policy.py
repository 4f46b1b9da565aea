"""Our own pages where only trusted documents run, or where the schema is hidden."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.async_api import Page, Response, expect
from pydantic import SecretStr

from jobwire.app.http import GRAPHIQL
from jobwire.app.tokens import mint_token
from jobwire.gql.document_ids import sha256_id
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.viewer import Scope
from jobwire.models.database_url import DatabaseUrl
from jobwire.web.board_documents import board_documents
from jobwire.web.explorer import graphiql_files
from tests.servers import RunningServer, running_server
from tests.web.steps import both_pages, open_board, row, schedule, unique_tag

pytestmark = pytest.mark.browser

SECRET = SecretStr("a secret of the tests, long enough")
ORDINARY = [Scope.JOBS_READ, Scope.JOBS_WRITE, Scope.SCHEDULES_WRITE]
OTHER = "{ viewer { userId } }"


@pytest.fixture(scope="module")
def trusting(
    server_database_url: DatabaseUrl, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    """A server that runs trusted documents alone, of a client that is not ours."""
    manifest = tmp_path_factory.mktemp("trusted") / "manifest.json"
    text = "{ __typename }"
    manifest.write_text(json.dumps({sha256_id(text): text}))
    with running_server(
        str(server_database_url),
        auth_secret=SECRET,
        operations="trusted",
        trusted_documents=(manifest,),
    ) as running:
        yield running


@pytest.fixture(scope="module")
def hiding(server_database_url: DatabaseUrl) -> Iterator[RunningServer]:
    """A server that tells its schema to admins alone."""
    with running_server(
        str(server_database_url),
        within=both_pages,
        auth_secret=SECRET,
        introspection=False,
    ) as running:
        yield running


async def sign_in(page: Page, *scopes: Scope) -> None:
    token = mint_token(
        SECRET,
        user_id="ann",
        scopes=scopes,
        lifetime=timedelta(minutes=5),
        now=SystemClock().now(),
    )
    await page.add_init_script(f"sessionStorage.setItem('jobwire.token', '{token}')")


async def test_the_server_knows_what_the_board_sends(modules: Page) -> None:
    sent = await modules.evaluate(
        r"""async () => {
          const all = [
            await import("/board/documents.js"),
            await import("/board/system/documents.js"),
          ];
          return all.flatMap(Object.values).filter(
            (one) => /^\s*(query|mutation|subscription)\b/.test(one),
          );
        }"""
    )

    assert len(sent) > 30
    assert sorted(board_documents()) == sorted(sent)


async def test_the_board_works_where_only_trusted_documents_run(
    page: Page, trusting: RunningServer
) -> None:
    answers: list[Response] = []

    def keep(answer: Response) -> None:
        answers.append(answer)

    page.on("response", keep)
    await sign_in(page, *ORDINARY)
    await open_board(page, trusting)
    tag = unique_tag("trusted")
    await schedule(page, "no-op", tag)

    await expect(row(page, tag)).to_have_attribute("data-status", "SUCCEEDED")
    await page.goto(f"{trusting.url}/#system")
    queues = page.get_by_role("region", name="Queues")
    await expect(queues).to_contain_text(re.compile(r"\d+ running, \d+ queued"))
    other = await page.evaluate(
        """async (query) => {
          const token = sessionStorage.getItem("jobwire.token");
          const answer = await fetch("graphql", {
            method: "POST",
            headers: {
              "Content-Type": "application/json", Authorization: `Bearer ${token}`,
            },
            body: JSON.stringify({ query }),
          });
          return (await answer.json()).errors[0].extensions.code;
        }""",
        OTHER,
    )
    assert other == "DOCUMENT_NOT_TRUSTED"
    told = [await one.text() for one in answers if one.request.method == "POST"]
    assert len([one for one in told if "DOCUMENT_NOT_TRUSTED" in one]) == 1


async def test_our_own_page_says_that_introspection_is_off(
    page: Page, hiding: RunningServer
) -> None:
    await sign_in(page, *ORDINARY)
    await page.goto(f"{hiding.url}/own/graphql")

    await expect(page.locator("#docs-body")).to_contain_text(
        "Introspection is turned off on this server"
    )


async def test_graphiql_says_that_introspection_is_off(
    page: Page, hiding: RunningServer
) -> None:
    if not all((GRAPHIQL / name).is_file() for name in graphiql_files()):
        pytest.skip("GraphiQL is NOT tested: its files come with `./dev` where npm is.")
    await sign_in(page, *ORDINARY)
    await page.goto(f"{hiding.url}/graphiql/graphql")

    await expect(page.locator(".result-window")).to_contain_text(
        "Introspection is turned off on this server"
    )


async def test_an_admin_reads_the_schema_all_the_same(
    page: Page, hiding: RunningServer
) -> None:
    await sign_in(page, Scope.ADMIN)
    await page.goto(f"{hiding.url}/own/graphql")

    await expect(page.locator("#docs-body")).to_contain_text("scheduleJob")
