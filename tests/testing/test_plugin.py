"""The plugin, in a pytest of its own as users run it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import jobwire.testing

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "trigger-dev-emulator.md"


def run_pytest(folder: Path, test: str, *plugins: str) -> str:
    """Run a test file, with warnings as errors; return what pytest printed."""
    (folder / "test_theirs.py").write_text(test)
    loaded = [part for name in plugins for part in ("-p", name)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", *loaded],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    return done.stdout + done.stderr


PLAIN = """
import urllib.request

import pytest

from jobwire.emulator import Task


@pytest.fixture
def jobwire_emulator_tasks():
    return [Task("mine")]


@pytest.fixture
def jobwire_emulator_options():
    return {"secret_key": "tr_dev_4f9sKq2LmXw7"}


def test_a_plain_one(jobwire_emulator):
    with urllib.request.urlopen(f"{jobwire_emulator.url}/emulator/state") as answer:
        assert b'"tasks":["mine"]' in answer.read()
    assert jobwire_emulator.secret_key == "tr_dev_4f9sKq2LmXw7"


def test_the_next_one_has_an_empty_state(jobwire_emulator):
    with urllib.request.urlopen(f"{jobwire_emulator.url}/emulator/state") as answer:
        assert b'"runs":[]' in answer.read()


def test_one_with_its_own_loop(jobwire_emulator):
    import asyncio

    async def ask():
        async with jobwire_emulator.client() as client:
            made = await client.tasks.trigger("mine", None)
            await jobwire_emulator.advance_async(10)
            return await client.runs.retrieve(made.id)

    assert asyncio.run(ask()).status == "COMPLETED"
"""


def test_the_fixture_needs_no_other_plugin(tmp_path: Path) -> None:
    printed = run_pytest(tmp_path, PLAIN, "jobwire.testing.plugin")

    assert "3 passed" in printed, printed


def test_the_example_of_the_docs_passes(tmp_path: Path) -> None:
    section = DOCS.read_text().split("## In your own tests")[1].split("\n## ")[0]
    example, *_ = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n"
    )

    printed = run_pytest(
        tmp_path, example, "jobwire.testing.plugin", "pytest_asyncio.plugin"
    )

    assert re.search(r"\d passed", printed), printed
    assert "failed" not in printed
    assert "error" not in printed


def test_unused_it_imports_nothing(tmp_path: Path) -> None:
    test = """
import sys

def test_nothing():
    ours = {name for name in sys.modules if name.startswith("jobwire")}
    assert ours == {"jobwire", "jobwire.testing", "jobwire.testing.plugin"}
    assert not {"httpx", "starlette", "uvicorn", "sqlalchemy"} & set(sys.modules)
"""

    printed = run_pytest(tmp_path, test, "jobwire.testing.plugin")

    assert "1 passed" in printed, printed


def test_the_wheel_tells_pytest_of_it() -> None:
    text = (ROOT / "pyproject.toml").read_text()

    assert 'entry-points.pytest11]\njobwire = "jobwire.testing.plugin"' in text


def test_the_package_has_no_other_names() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        jobwire.testing.nothing  # noqa: B018 - the look-up itself
