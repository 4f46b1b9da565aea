"""Rules of the house that no linter can say, each with a sample that breaks it."""

import ast
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "jobwire"

Rule = Callable[[ast.Module], bool]


@cache
def _modules() -> list[tuple[str, ast.Module]]:
    places = [(PACKAGE, PACKAGE)]
    places += [(ROOT, ROOT / folder) for folder in ("gql", "models", "migrations")]
    return [
        (path.relative_to(root).as_posix(), ast.parse(path.read_text()))
        for root, folder in places
        for path in sorted(folder.rglob("*.py"))
    ]


@cache
def _texts(tree: ast.Module) -> list[str]:
    """The string literals of a module that are not docstrings."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        str(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and id(node) not in docstrings
    ]


def _says(pattern: str) -> Rule:
    return lambda tree: any(re.search(pattern, text) for text in _texts(tree))


def _reads_the_environment(tree: ast.Module) -> bool:
    return any(
        (isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"})
        for node in ast.walk(tree)
    )


def _imports_a_linked_folder(tree: ast.Module) -> bool:
    roots = {"gql", "models", "migrations"}
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        if any(name.split(".")[0] in roots for name in names):
            return True
    return False


def _borrows_beside_the_share(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.Attribute)
        and node.attr in {"connection", "transaction"}
        and ast.unparse(node.value).endswith("engine.database")
        for node in ast.walk(tree)
    )


RULES: dict[str, tuple[Rule, tuple[str, ...], str]] = {
    "only transitions write jobs, and migrations": (
        _says(r"(UPDATE|INSERT INTO|DELETE FROM) worker_jobs"),
        ("jobs/transitions/", "migrations/"),
        "X = 'UPDATE worker_jobs SET tag = $1'",
    ),
    "only transitions write events, and migrations": (
        _says(r"(UPDATE|INSERT INTO|DELETE FROM) job_events"),
        ("jobs/transitions/", "migrations/"),
        "X = 'INSERT INTO job_events SELECT 1'",
    ),
    "only the doorbell notifies": (
        _says(r"NOTIFY |pg_notify"),
        ("jobs/doorbell.py",),
        "X = 'NOTIFY jobs'",
    ),
    "nothing below app reads the environment": (
        _reads_the_environment,
        ("app/",),
        "import os\nX = os.environ['HOME']",
    ),
    "operations borrow connections from the share of their user": (
        _borrows_beside_the_share,
        ("app/", "emulator/", "jobs/", "testing/", "web/", "worker/"),
        "X = info.context.engine.database.connection()",
    ),
    "nobody imports a linked folder by its own name": (
        _imports_a_linked_folder,
        (),
        "from models import WorkerJob",
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_the_house_keeps(name: str) -> None:
    breaks, allowed, _ = RULES[name]

    found = [
        module
        for module, tree in _modules()
        if not module.startswith(allowed) and breaks(tree)
    ]

    assert found == []


@pytest.mark.parametrize("name", RULES)
def test_the_rule_notices(name: str) -> None:
    breaks, _, sample = RULES[name]

    assert breaks(ast.parse(sample))


def test_lock_files_hold_no_addresses() -> None:
    locks = sorted(ROOT.glob("requirements*.lock"))

    assert len(locks) == 2
    assert not [lock.name for lock in locks if "://" in lock.read_text()]
