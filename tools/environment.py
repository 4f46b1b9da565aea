"""The virtual environment of the repository, made and kept up to date."""

import fcntl
import hashlib
import json
import os
import shutil
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager

from tools.package_index import PackageIndex
from tools.steps import ROOT, step, succeed
from tools.uv import find_uv

RUNTIME = "requirements.lock"
DEVELOPMENT = "requirements-dev.lock"
PYTHON = ROOT / ".venv" / "bin" / "python"

_STAMP = ROOT / ".venv" / "jobwire.json"


def prepare(lock: str) -> None:
    """Makes `.venv` hold the packages of a lock, and the project itself.

    Does nothing when that is so already. An environment that once got the
    development packages keeps them.
    """
    if _is_ready(lock):
        return
    with _alone():
        if not _is_ready(lock):
            _install(DEVELOPMENT if _stamp().get("lock") == DEVELOPMENT else lock)


def dependencies_digest() -> str:
    """Stands for what pyproject.toml asks for; the locks carry it."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        content = tomllib.load(file)
    project = content["project"]
    asked = [
        project["requires-python"],
        project["dependencies"],
        project.get("optional-dependencies"),
        content["dependency-groups"],
    ]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]


def _install(lock: str) -> None:
    index = PackageIndex.configured()
    uv = find_uv(index)
    environment = index.environment_for_uv()
    _STAMP.unlink(missing_ok=True)
    if _python_version() != sys.version_info[:2]:
        with step(f"Making .venv for Python {sys.version.split()[0]}"):
            shutil.rmtree(ROOT / ".venv", ignore_errors=True)
            # The interpreter itself, should this one be that of an environment.
            python = os.path.realpath(sys.executable)
            succeed([uv, "venv", "--quiet", "--python", python, ".venv"], environment)
    here = ["--quiet", "--python", str(PYTHON)]
    with step(f"Installing the packages of {lock}"):
        # Compiled now: where Python may write no bytecode, every start would do it.
        options = ["--compile-bytecode", "--require-hashes", lock]
        succeed([uv, "pip", "sync", *here, *options], environment)
    with step("Installing Jobwire as editable"):
        editable = ["--no-deps", "--no-build-isolation", "--editable", "."]
        succeed([uv, "pip", "install", *here, *editable], environment)
    _STAMP.write_text(json.dumps({"lock": lock, "of": _fingerprint(lock)}))


def _is_ready(lock: str) -> bool:
    stamp = _stamp()
    return (
        PYTHON.exists()
        and stamp.get("lock") in {lock, DEVELOPMENT}
        and stamp.get("of") == _fingerprint(stamp["lock"])
    )


def _stamp() -> dict[str, str]:
    try:
        stamp: dict[str, str] = json.loads(_STAMP.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return stamp


def _fingerprint(lock: str) -> str:
    """Changes with everything that an installation depends on."""
    files = [(ROOT / name).read_text() for name in (lock, "pyproject.toml")]
    parts = [str(ROOT), str(sys.version_info[:2]), *files]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _python_version() -> tuple[int, int] | None:
    """That of `.venv`, None if there is none that works."""
    if not PYTHON.exists():
        return None
    for line in (ROOT / ".venv" / "pyvenv.cfg").read_text().splitlines():
        name, _, value = line.partition("=")
        # Written by venv, or by uv.
        if name.strip() in {"version", "version_info"}:
            major, minor = value.strip().split(".")[:2]
            return int(major), int(minor)
    return None


@contextmanager
def _alone() -> Iterator[None]:
    """Lets one process at a time change `.venv`."""
    lock = ROOT / ".tools" / "lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
