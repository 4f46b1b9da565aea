"""The wheel, installed into an empty environment beside a host's own packages."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import asyncpg
import pytest

from jobwire.models.database_url import DatabaseUrl

ROOT = Path(__file__).parents[2]
HOST = {
    "app/__init__.py": 'NAME = "the host\'s app"\n',
    "models/__init__.py": 'NAME = "the host\'s models"\n',
    "jobs/__init__.py": "",
    "jobs/greetings.py": """from pydantic import BaseModel

from jobwire import job


class Greeting(BaseModel):
    name: str


@job("greet")
async def greet(data: Greeting) -> str:
    return f"Hello, {data.name}!"
""",
}


def _uv() -> str:
    found = shutil.which("uv") or str(ROOT / ".tools" / "bin" / "uv")
    if not Path(found).exists():
        pytest.skip("no uv here: run this through ./dev")
    return found


def _run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from what git holds."""
    source = tmp_path_factory.mktemp("source")
    listed = _run("git", "ls-files", "-z", "-co", "--exclude-standard", cwd=ROOT)
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.is_symlink() or path.exists():
            copy = source / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, copy, follow_symlinks=False)
    build = "import sys, setuptools.build_meta as b; print(b.build_wheel(sys.argv[1]))"
    folder = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-c", build, folder, cwd=source)
    [built] = folder.glob("*.whl")
    return built


def test_the_wheel_holds_every_module_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    modules = {
        f"jobwire/{folder}{path.relative_to(base).as_posix()}"
        for folder, base in (
            ("", ROOT / "jobwire"),
            ("gql/", ROOT / "gql"),
            ("models/", ROOT / "models"),
            ("migrations/", ROOT / "migrations"),
        )
        for path in base.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    packaged = {name for name in names if ".dist-info/" not in name}
    assert packaged == modules


def test_the_wheel_carries_its_licence(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    [folder] = {name.split("/")[0] for name in archive.namelist()} - {"jobwire"}

    metadata = archive.read(f"{folder}/METADATA").decode()

    assert "\nLicense-Expression: Apache-2.0\n" in metadata
    licence = archive.read(f"{folder}/licenses/LICENSE")
    assert licence == (ROOT / "LICENSE").read_bytes()


@pytest.fixture
async def empty_database(postgres_url: DatabaseUrl):
    connection = await asyncpg.connect(**postgres_url.connect_arguments())
    await connection.execute("CREATE DATABASE jobwire_wheel TEMPLATE template0")
    yield str(
        DatabaseUrl(
            postgres_url.host,
            postgres_url.port,
            postgres_url.user,
            postgres_url.password,
            "jobwire_wheel",
        )
    )
    await connection.execute("DROP DATABASE jobwire_wheel WITH (FORCE)")
    await connection.close()


@pytest.mark.timeout(400)
async def test_a_host_with_packages_of_the_same_names_schedules_and_mounts(
    wheel: Path, tmp_path: Path, empty_database: str
) -> None:
    uv = _uv()
    _run(uv, "venv", "--python", sys.executable, tmp_path / "venv", cwd=tmp_path)
    python = tmp_path / "venv" / "bin" / "python"
    _run(uv, "pip", "install", "--python", python, wheel, cwd=tmp_path)
    project = tmp_path / "project"
    for name, content in HOST.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(content)
    shutil.copy(Path(__file__).with_name("host.py"), project / "host.py")

    seen = json.loads(_run(python, "host.py", empty_database, cwd=project))

    assert seen == {
        "own": ["the host's app", "the host's models", "jobs.greetings"],
        "table": "worker_jobs",
        "kept": ["SUCCEEDED"],
        "undone": [],
        "known": True,
        "unknown": "401",
        "root_logging_untouched": True,
    }
