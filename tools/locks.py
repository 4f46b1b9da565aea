"""The locked packages: made by uv, without a word about where they come from."""

import re
from dataclasses import replace

from tools.environment import DEVELOPMENT, RUNTIME, dependencies_digest
from tools.package_index import PackageIndex
from tools.steps import ROOT, step, succeed
from tools.uv import find_uv

_FORM = ["--universal", "--generate-hashes"]
_BARE = ["--no-emit-index-url", "--no-header", "--no-annotate"]
_HEADER = "# Made by `./dev lock` from what pyproject.toml asks for: "


def make_locks(*options: str) -> None:
    """Resolves pyproject.toml anew; versions stay as they are if they still fit.

    Args:
        options: For `uv pip compile`, such as `--upgrade`.
    """
    configured = PackageIndex.configured()
    uv = find_uv(configured)
    # A place beside the index may hold a file or two of a release, and the lock
    # would know the hashes of those alone.
    index = replace(configured, extra_urls=(), find_links=())
    environment = index.environment_for_uv()
    compile_ = [uv, "pip", "compile", "--quiet", *_FORM, *_BARE, *options]
    for lock, more in (
        (RUNTIME, ["--group", "build"]),
        (DEVELOPMENT, ["--group", "dev", "--constraint", RUNTIME]),
    ):
        with step(f"Resolving {lock}"):
            path = ROOT / lock
            succeed([*compile_, *more, "pyproject.toml", "-o", lock], environment)
            path.write_text(f"{_HEADER}{dependencies_digest()}\n{path.read_text()}")


def faults_of_locks() -> list[str]:
    """What is wrong with the locks, as sentences."""
    faults = []
    for lock in (RUNTIME, DEVELOPMENT):
        text = (ROOT / lock).read_text()
        if not text.startswith(f"{_HEADER}{dependencies_digest()}\n"):
            faults.append(f"{lock} is older than pyproject.toml: run ./dev lock")
        faults += [
            f"{lock}:{number} names a place: {line}"
            for number, line in enumerate(text.splitlines(), 1)
            if "://" in line or re.search("index-url|find-links", line)
        ]
    return faults
