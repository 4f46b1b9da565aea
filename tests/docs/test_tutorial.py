"""docs/tutorial.md: its code is that of the example, and does what the page says."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.app.commands import running
from tests.docs.blocks import blocks_of
from tests.docs.reader import ROOT
from tests.frontend_examples.conftest import EXAMPLES, program
from tests.frontend_examples.products import once, run_script, skip_without_node
from tests.node_project import install_node_project

PAGE = ROOT / "docs" / "tutorial.md"
EXAMPLE = EXAMPLES / "react-tutorial"
BLOCKS = blocks_of(PAGE)
#: Blocks whose language has no comment to stand a name in.
NAMED = {"html": "index.html", "json": "tsconfig.json"}
JOB = "tutorial/jobs.py"
TOO_MANY = """mutation { scheduleJob(input: {
  type: "develop-photos", tag: "holiday", data: {count: 5000}
}) { errors { path message } } }"""


@contextmanager
def served(example: Path, jobwire: str) -> Iterator[str]:
    """Serve the built app as `npm run preview` does; yield its address."""
    # The proxy of the example asks port 8000, which the test may not have.
    configuration = example / "vite.test.config.mjs"
    proxy = json.dumps({"/graphql": {"target": jobwire.rstrip("/"), "ws": True}})
    configuration.write_text(f"export default {{ preview: {{ proxy: {proxy} }} }};")
    options = ["--config", configuration.name, "--host", "127.0.0.1", "--port", "0"]
    server = subprocess.Popen(
        [program("npx"), "vite", "preview", *options],
        cwd=example,
        env=os.environ | {"NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # it tells of each connection that is lost
        text=True,
        start_new_session=True,
    )
    try:
        assert server.stdout is not None
        for line in server.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
                yield found[0]
                break
        else:
            raise AssertionError("vite preview ended")
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.communicate()
        configuration.unlink()


@pytest.fixture
def example(shared_folder: Path) -> Path:
    """The built app."""
    skip_without_node()
    folder = install_node_project(shared_folder, EXAMPLE)
    once(shared_folder, "build-react-tutorial", lambda: run_script(folder, "build"))
    return folder


def test_every_file_of_the_app_is_shown_as_it_is() -> None:
    shown = {
        NAMED.get(block.language) or str(block.file): block.text
        if block.language in NAMED
        else block.text.split("\n", 1)[1]
        for block in BLOCKS
        if block.language in NAMED or block.language in {"ts", "tsx"}
    }
    files = {
        str(path.relative_to(EXAMPLE)): path.read_text()
        for path in (*EXAMPLE.glob("src/*"), *EXAMPLE.glob("*.html"))
    }

    for name in ("vite.config.ts", "tsconfig.json"):
        files[name] = (EXAMPLE / name).read_text()
    assert shown == files


def test_the_packages_that_it_installs_are_those_of_the_app() -> None:
    told = dict(re.findall(r" ([@\w/-]+)@(\d+)", PAGE.read_text()))
    package = json.loads((EXAMPLE / "package.json").read_text())
    needed = package["dependencies"] | package["devDependencies"]

    assert told == {name: version.split(".")[0] for name, version in needed.items()}
    assert "://" not in (EXAMPLE / "package-lock.json").read_text()


@pytest.mark.browser
@pytest.mark.timeout(300)
async def test_the_bar_moves_stops_and_comes_back(
    example: Path, tmp_path: Path, open_page: Callable[..., Any]
) -> None:
    [job] = [block for block in BLOCKS if block.file == JOB]
    (tmp_path / "tutorial").mkdir()
    (tmp_path / JOB).write_text(job.text)
    start = ("dev", "--port", "0")
    settings = {"JOBWIRE_JOBS": JOB}

    with running(*start, folder=tmp_path, **settings) as dev:
        board = dev.wait_for(r"board +(http://\S+/)\n")[1]
        with served(example, board) as address:
            page: Page = await open_page()
            await page.goto(address)
            bar = page.get_by_role("progressbar")
            status = page.get_by_role("status")

            await page.get_by_role("button", name="Develop").click()
            await expect(status).to_contain_text(re.compile(r"RUNNING\s+photo \d+"))
            await expect(bar).to_have_attribute("value", re.compile(r"^0\.\d+"))
            await page.get_by_role("button", name="Cancel").click()
            await expect(status).to_contain_text("CANCELED STOPPED")
            await expect(page.get_by_role("button", name="Cancel")).to_have_count(0)

            async with httpx.AsyncClient() as http:
                answer = await http.post(f"{address}graphql", json={"query": TOO_MANY})
            [refusal] = answer.json()["data"]["scheduleJob"]["errors"]
            assert refusal["path"] == ["input", "data", "count"]
            assert "1000" in refusal["message"]

            await page.get_by_role("button", name="Develop").click()
            await expect(status).to_contain_text("RUNNING")
            port = board.rstrip("/").rpartition(":")[2]
            dev.signal(signal.SIGINT)
            code, said = dev.end()
            assert code == 0, said
            with running("dev", "--port", port, folder=tmp_path, **settings):
                await expect(status).to_contain_text("SUCCEEDED", timeout=120_000)
                await expect(bar).to_have_attribute("value", "1")
                await expect(page.get_by_text("40 photos are ready.")).to_be_visible()
