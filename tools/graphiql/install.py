"""Getting GraphiQL, which is nice to have: nothing here ever stops a command."""

import hashlib
import json
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tools.steps import ROOT, say

MANIFEST = Path(__file__).parent
TARGET = ROOT / ".tools" / "graphiql"

_INSTRUCTIONS = ("package.json", "package-lock.json", ".npmrc")
# The files that a page can load as they are, by package.
_FILES = {
    "react": ("umd/react.production.min.js",),
    "react-dom": ("umd/react-dom.production.min.js",),
    "graphiql": ("graphiql.min.js", "graphiql.min.css"),
}
_PATIENCE_SECONDS = 90
_NPM_CI = (
    "ci",
    "--ignore-scripts",
    "--no-progress",
    "--prefer-offline",
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=1000",
    "--fetch-retry-maxtimeout=1000",
    "--fetch-timeout=20000",
)
_NOTE = "noted.json"
_NO_NPM = "there is no npm on the PATH"


class NpmFailedError(Exception):
    """npm could not install the packages; the message says why, in a few words."""


def offer_graphiql(target: Path = TARGET) -> None:
    """Makes a folder hold GraphiQL's files, if npm is there and gets them.

    Each outcome is told in one line and noted, so that the next start neither waits for
    it nor tells it again: until the versions change, npm appears, or the folder goes.
    """
    npm = shutil.which("npm")
    if _is_settled(target, npm):
        return
    say("Getting GraphiQL with npm … ", end="")
    start = time.monotonic()
    why = ""
    try:
        if npm is None:
            raise NpmFailedError(_NO_NPM)  # noqa: TRY301  (told as any other failure)
        _install(npm, target)
        say(f"{time.monotonic() - start:.1f} s")
    except (NpmFailedError, OSError) as error:
        why = str(error)
        say(f"not done, {why}; /graphql shows Jobwire's own page")
    _note(target, why)


def names_of_files() -> list[str]:
    """The names that the files get; a name holds the version, so its file stays."""
    return [_name(package, file) for package in _FILES for file in _FILES[package]]


def _install(npm: str, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    # On the same file system, so that each file appears there as a whole.
    with tempfile.TemporaryDirectory(prefix="graphiql-", dir=target.parent) as work:
        for name in _INSTRUCTIONS:
            shutil.copy(MANIFEST / name, work)
        _run([npm, *_NPM_CI], work)
        for package, files in _FILES.items():
            for file in files:
                source = Path(work, "node_modules", package, file)
                source.replace(target / _name(package, file))


def _run(command: Sequence[str], folder: str) -> None:
    try:
        ended = subprocess.run(  # noqa: S603  (written above)
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NpmFailedError(f"npm took over {_PATIENCE_SECONDS} s") from None
    if ended.returncode != 0:
        code = re.search(r"code (E\w+)", ended.stdout)
        found = code[1] if code else f"exit status {ended.returncode}"
        raise NpmFailedError(
            f"npm ended with {found} (to try again, remove .tools/graphiql)"
        )


def _name(package: str, file: str) -> str:
    manifest = json.loads((MANIFEST / "package.json").read_text())
    version = manifest["dependencies"][package]
    return f"{package}-{version}{Path(file).suffix}"


def _fingerprint() -> str:
    """Changes with everything that the files depend on."""
    parts = [(MANIFEST / name).read_text() for name in _INSTRUCTIONS]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _is_settled(target: Path, npm: str | None) -> bool:
    try:
        noted = json.loads((target / _NOTE).read_text())
    except (OSError, ValueError):
        return False
    if noted != {"of": _fingerprint(), "why": noted.get("why")}:
        return False
    if noted["why"] == _NO_NPM:
        return npm is None
    return noted["why"] != "" or all(
        (target / name).exists() for name in names_of_files()
    )


def _note(target: Path, why: str) -> None:
    try:
        target.mkdir(parents=True, exist_ok=True)
        (target / _NOTE).write_text(json.dumps({"of": _fingerprint(), "why": why}))
    except OSError:
        # Nowhere to write: the next start tries again.
        return
