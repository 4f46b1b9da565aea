"""The Dockerfile carried out without a container, and what `.dockerignore` leaves.

Absolute paths of the image are those below one folder. A stage keeps what it copies
from the stage before it, and nothing else.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Instruction:
    """One instruction: its word, in capitals, and what stands behind it."""

    word: str
    text: str


def instructions(dockerfile: Path) -> list[Instruction]:
    """Read a Dockerfile; comments and continued lines are resolved."""
    lines = [
        line
        for line in dockerfile.read_text().splitlines()
        if line.strip() and not line.lstrip().startswith("#")
    ]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [
        Instruction(word.upper(), text.strip())
        for word, _, text in (line.partition(" ") for line in joined.splitlines())
    ]


@dataclass
class Image:
    """What an image says of the process that it starts.

    Attributes:
        root: The folder that stands for `/`.
        environment: By `ENV`.
        directory: By `WORKDIR`, in the image.
        user: By `USER`.
        health: The command of `HEALTHCHECK`.
        entrypoint: By `ENTRYPOINT`, in exec form.
        command: By `CMD`, in exec form.
    """

    root: Path
    environment: dict[str, str] = field(default_factory=dict)
    directory: str = "/"
    user: str = "0"
    health: list[str] = field(default_factory=list)
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)

    def within(self, path: str) -> Path:
        """Where a path of the image is."""
        return self.root / path.lstrip("/")


class Builder:
    """Carries a Dockerfile out.

    Args:
        root: An empty folder.
        context: Where `COPY` copies from.
    """

    def __init__(self, root: Path, context: Path) -> None:
        self._context = context
        self._arguments: dict[str, str] = {}
        self._base = root / ".base"
        self._image = Image(root)

    def build(self, dockerfile: Path) -> Image:
        """Return the image of the last stage."""
        for one in instructions(dockerfile):
            getattr(self, f"_{one.word.lower()}")(one.text)
        return self._image

    def _arg(self, text: str) -> None:
        name, _, value = text.partition("=")
        self._arguments[name] = value

    def _from(self, _: str) -> None:
        # The base is this interpreter, without its environment.
        old, self._image = self._image, Image(self._image.root)
        self._before = old
        self._base.mkdir(exist_ok=True)
        for name in ("python", "python3"):
            link = self._base / name
            if not link.is_symlink():
                link.symlink_to(Path(sys.base_prefix) / "bin" / "python3")
        self._image.environment["PATH"] = f"{self._base}:{os.environ['PATH']}"
        self._is_new = True

    def _env(self, text: str) -> None:
        for part in shlex.split(text):
            name, _, value = part.partition("=")
            before = self._image.environment.get(name, "")
            self._image.environment[name] = self._here(
                value.replace(f"${name}", "\0")
            ).replace("\0", before)

    def _workdir(self, text: str) -> None:
        self._image.directory = text
        self._image.within(text).mkdir(parents=True, exist_ok=True)

    def _copy(self, text: str) -> None:
        *sources, target = text.split()
        if sources[0].startswith("--from="):
            self._keep_alone(sources[1:], target)
            return
        folder = self._image.within(self._image.directory)
        for source in sources:
            copy = folder / target
            if target.endswith("/"):
                copy /= Path(source).name
            found = self._context / source
            if found.is_dir():
                shutil.copytree(found, copy, symlinks=True)
            else:
                shutil.copy2(found, copy)

    def _keep_alone(self, sources: list[str], target: str) -> None:
        """Forget all of the stage before but what is copied to the same place."""
        assert sources == [target]
        root = self._image.root
        kept = self._image.within(target)
        assert kept.exists()
        aside = root.with_name("kept")
        kept.rename(aside)
        for path in root.iterdir():
            if path != self._base:
                shutil.rmtree(path)
        kept.parent.mkdir(parents=True)
        aside.rename(kept)

    def _run(self, text: str) -> None:
        done = subprocess.run(
            ["/bin/sh", "-ec", self._here(text)],
            cwd=self._image.within(self._image.directory),
            # An index and certificates of pip's are this machine's affair.
            env={**os.environ, **self._image.environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"

    def _here(self, text: str) -> str:
        """Move absolute paths of the image to where they are."""
        return re.sub(
            r"(?<![\w./])/(opt|srv|source)\b", rf"{self._image.root}/\1", text
        )

    def _user(self, text: str) -> None:
        self._image.user = text

    def _expose(self, _: str) -> None:
        """Tell people."""

    def _healthcheck(self, text: str) -> None:
        self._image.health = json.loads(text.partition("CMD ")[2])

    def _entrypoint(self, text: str) -> None:
        self._image.entrypoint = json.loads(text)

    def _cmd(self, text: str) -> None:
        self._image.command = json.loads(text)


def copy_context(target: Path) -> None:
    """Copy what `.dockerignore` leaves of the repository."""
    patterns = [
        line
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    for path in _files(ROOT, patterns):
        copy = target / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copy, follow_symlinks=False)


def _files(folder: Path, patterns: list[str]) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if _is_ignored(path.relative_to(ROOT), patterns):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _files(path, patterns)
        else:
            yield path


def _is_ignored(path: Path, patterns: list[str]) -> bool:
    ignored = False
    for pattern in patterns:
        places = [path, *path.parents][:-1]
        if any(_matches(place, pattern.removeprefix("!")) for place in places):
            ignored = not pattern.startswith("!")
    return ignored


def _matches(path: Path, pattern: str) -> bool:
    if pattern.startswith("**/"):
        return fnmatchcase(path.name, pattern.removeprefix("**/"))
    return len(path.parts) == pattern.count("/") + 1 and path.match(pattern)
