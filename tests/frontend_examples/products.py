"""The examples with a page: how each is built, served and looked at."""

import json
import mimetypes
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.exclusive import exclusive
from tests.frontend_examples.conftest import EXAMPLES, program
from tests.node_project import install_node_project

#: The newest of what their tools need.
OLDEST_NODE = (20, 19)


#: The address of the API that the pages are built with; it stands in their files.
BUILT_FOR = "http://127.0.0.1:8000/graphql"


@dataclass(frozen=True)
class Product:
    """An example with the page that all of them show.

    Attributes:
        name: Its folder.
        files: What a web server has to serve.
    """

    name: str
    files: Path


class Site:
    """A web server for products, of another origin than the API that they ask.

    Attributes:
        origin: Its own.
        api: The endpoint that the pages ask, in the place of what they were built with.
    """

    def __init__(self, port: int) -> None:
        self.origin = f"http://127.0.0.1:{port}"
        self.api = BUILT_FOR
        self._products: dict[str, Product] = {}

    def publish(self, product: Product) -> str:
        """Serve a product; return the address of its page."""
        self._products[product.name] = product
        return f"{self.origin}/{product.name}/"

    def read(self, path: str) -> tuple[str, bytes] | None:
        """Return the type and the content of a file; None: there is none."""
        name, _, rest = path.strip("/").partition("/")
        product = self._products.get(name)
        file = product and product.files / (rest or "index.html")
        if not file or not file.is_file():
            return None
        type, _ = mimetypes.guess_type(file.name)
        content = file.read_bytes()
        if type in ("text/html", "text/javascript"):
            content = content.replace(BUILT_FOR.encode(), self.api.encode())
        return type or "application/octet-stream", content


@contextmanager
def site() -> Iterator[Site]:
    """Serve until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = one.read(self.path.split("?")[0])
            type, content = found or ("text/plain", b"There is no such file.")
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", type)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        one = Site(server.server_port)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield one
        finally:
            server.shutdown()
            thread.join()


def build(shared_folder: Path, name: str) -> Product:
    """Install and build an example once for all workers."""
    if name == "vanilla":
        return Product(name, EXAMPLES / name)
    folder = install_example(shared_folder, name)
    once(
        shared_folder,
        f"build-{name}",
        lambda: run_script(folder, "build", VITE_JOBWIRE_URL=BUILT_FOR),
    )
    return Product(name, folder / "dist")


def install_example(shared_folder: Path, name: str) -> Path:
    """Install what an example needs, and compile jobwire-live as it does it itself."""
    skip_without_node()
    folder = install_node_project(shared_folder, EXAMPLES / name)
    if "prepare" in json.loads((folder / "package.json").read_text())["scripts"]:
        # It compiles jobwire-live, which is the same for all of them.
        once(shared_folder, "prepare", lambda: run_script(folder, "prepare"))
    return folder


def once(shared_folder: Path, what: str, do: Callable[[], object]) -> None:
    """Do what several workers need, and none may find half done."""
    with exclusive(shared_folder / f"{what}.lock"):
        done = shared_folder / f"{what}.done"
        if not done.exists():
            do()
            done.touch()


def skip_without_node() -> None:
    """Skip what an old Node cannot run, and say so."""
    node = shutil.which("node")
    found = ""
    if node is not None:
        told = subprocess.run([node, "--version"], capture_output=True, check=True)
        found = told.stdout.decode().strip()
        if tuple(map(int, found[1:].split(".")[:2])) >= OLDEST_NODE:
            return
    needed = ".".join(map(str, OLDEST_NODE))
    pytest.skip(
        f"NO NODE {needed} HERE ({found or 'none'}): THE EXAMPLES ARE NOT TESTED"
    )


def run_script(folder: Path, script: str, **environment: str) -> str:
    """Run a script of a project, and return what it says; fail with that."""
    ended = subprocess.run(
        [program("npm"), "run", "--silent", script],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr
