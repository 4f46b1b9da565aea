"""Runs the README as a newcomer would: its blocks in order, in a fresh copy.

`sh` blocks run in a shell; one that starts `./dev` stays up until the next such block,
on a free port in place of 8000. `python` blocks are saved under the name in their first
line, as the page tells the reader to. `console` and `graphql` blocks are only shown.
Exits 1 at the first block that does not do what the page says.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
START_SECONDS = 300
JOB_SECONDS = 30


class BlockFailedError(Exception):
    """A block of the README that does not work."""


def blocks() -> Iterator[tuple[str, str]]:
    """Yield the language and the text of each block, in order."""
    for found in BLOCK.finditer((ROOT / "README.md").read_text()):
        yield found.group(1), found.group(2)


def copy_of_the_tree(folder: Path) -> Path:
    """Copy what git would give a newcomer, changes of the working tree included."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout
    target = folder / "jobwire"
    for name in filter(None, listed.decode().split("\0")):
        source, copy = ROOT / name, target / name
        if not source.is_symlink() and not source.exists():
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, copy, follow_symlinks=False)
    return target


def free_port() -> int:
    """Return a port of loopback that nobody holds."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Newcomer:
    """Somebody who follows the page in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._server: subprocess.Popen[bytes] | None = None

    def follow(self, language: str, text: str) -> None:
        """Do what a block says.

        Raises:
            BlockFailedError: It did not work.
        """
        if language == "python":
            self._save(text)
        elif language == "sh" and text.rstrip().endswith("./dev"):
            self.stop()
            self._start(text.rstrip())
        elif language == "sh":
            self._run(text.replace(":8000", f":{self._port}"))

    def _save(self, text: str) -> None:
        name = text.splitlines()[0].removeprefix("# ")
        compile(text, name, "exec")
        path = self._folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    def _start(self, command: str) -> None:
        self._server = subprocess.Popen(
            ["/bin/sh", "-c", f"exec env {command} --port {self._port}"],
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + START_SECONDS
        ready = f"http://127.0.0.1:{self._port}/readyz"
        while time.monotonic() < deadline:
            if self._server.poll() is not None:
                code = self._server.returncode
                raise BlockFailedError(f"{command} ended with {code}")
            try:
                with urllib.request.urlopen(ready, timeout=5):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.2)  # noqa: TID251 - another process; there is no signal
        raise BlockFailedError(f"{command} was not ready after {START_SECONDS} s")

    def _run(self, command: str) -> None:
        deadline = time.monotonic() + JOB_SECONDS
        while True:
            done = subprocess.run(
                ["/bin/sh", "-ec", command],
                cwd=self._folder,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            answer = done.stdout
            if done.returncode or '"errors":[{' in answer.replace(" ", ""):
                raise BlockFailedError(f"{command}\n{answer}{done.stderr}")
            if "nodes" not in answer or '"SUCCEEDED"' in answer:
                print(answer.strip())
                return
            if time.monotonic() > deadline:
                raise BlockFailedError(f"the job did not succeed: {answer}")
            time.sleep(0.2)  # noqa: TID251 - the page's reader presses the key again

    def types(self) -> list[str]:
        """Ask the server which types of job it offers."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._port}/graphql",
            json.dumps({"query": "{ jobTypes { name } }"}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            types = json.load(answer)["data"]["jobTypes"]
        return [one["name"] for one in types]

    def stop(self) -> None:
        """Press Ctrl-C and wait for the end."""
        if self._server is None:
            return
        os.killpg(self._server.pid, signal.SIGINT)
        code = self._server.wait(timeout=60)
        self._server = None
        if code != 0:
            raise BlockFailedError(f"./dev ended with {code} after Ctrl-C")


def main() -> int:
    """Follow the page; return the exit code."""
    with tempfile.TemporaryDirectory(prefix="jobwire-readme-") as temporary:
        newcomer = Newcomer(copy_of_the_tree(Path(temporary)))
        try:
            for language, text in blocks():
                print(f"── {language}: {text.splitlines()[0][:70]}", flush=True)
                newcomer.follow(language, text)
            if "greet" not in newcomer.types():
                raise BlockFailedError("the reader's own job is not offered")
            newcomer.stop()
        except BlockFailedError as failure:
            print(f"README: {failure}", file=sys.stderr)
            return 1
        finally:
            newcomer.stop()
    print("README: every block works.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
