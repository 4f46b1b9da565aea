"""What contributors are told, and what is set up for them, is there."""

import re
import tomllib

from tests.docs.reader import ROOT
from tools.checks import CHECKS
from tools.commands import COMMANDS

PAGE = (ROOT / "CONTRIBUTING.md").read_text()
HOOKS = (ROOT / ".pre-commit-config.yaml").read_text()
WORKFLOW = (ROOT / ".github" / "workflows" / "ci.yml").read_text()


def test_every_path_of_the_page_exists() -> None:
    linked = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", PAGE)
    named = re.findall(r"`((?:\w+/)+(?:\w+\.py)?)`", PAGE)

    assert len(linked) > 10
    assert len(named) > 5
    assert [one for one in (*linked, *named) if not (ROOT / one).exists()] == []


def test_the_commands_and_checks_of_the_page_exist() -> None:
    commands = re.findall(r"\./dev ([a-z]+)", PAGE)
    checks = re.findall(r"^\./dev check ([a-z ]+)$", PAGE, re.MULTILINE)

    assert set(commands) <= set(COMMANDS)
    assert checks
    assert set(" ".join(checks).split()) <= {check.name for check in CHECKS}


def test_the_hooks_take_the_tools_of_the_project() -> None:
    entries = re.findall(r"entry: (\S+)", HOOKS)
    with (ROOT / "pyproject.toml").open("rb") as file:
        tools = tomllib.load(file)["dependency-groups"]["dev"]

    assert re.findall(r"repo: (\S+)", HOOKS) == ["local"]
    assert {one.split("/")[0] for one in entries} == {".venv", "."}
    assert any(str(tool).startswith("ruff==") for tool in tools)


def test_the_workflow_runs_the_two_commands_of_the_readme_and_nothing_else() -> None:
    assert re.findall(r"run: (.+)", WORKFLOW) == ["./dev test", "./dev check"]
