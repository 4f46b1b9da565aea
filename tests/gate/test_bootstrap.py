"""`./dev` on machines that have less than this one."""

import hashlib
import io
import json
import platform
import runpy
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from tools import locks
from tools.package_index import PackageIndex
from tools.steps import ROOT
from tools.uv_wheel import UvDownloadError, download_uv

TAG = "macosx_11_0" if sys.platform == "darwin" else "manylinux_2_17"
NAME = f"uv-1.10.0-py3-none-{TAG}_{platform.machine()}.whl"


def make_wheel(program: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("uv-1.10.0.data/scripts/uv", program)
    return content.getvalue()


WHEEL = make_wheel(b"the newest uv")
TRUSTED = PackageIndex(None, (), (), (), None)
PROMISED = hashlib.sha256(WHEEL).hexdigest()


@contextmanager
def serve(pages: dict[str, tuple[str, bytes]]) -> Iterator[SimpleNamespace]:
    """A package index; `authorization` holds what each request brought."""
    seen: list[str | None] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.headers["Authorization"])
            content_type, body = pages[self.path]
            self.send_response(200)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Be silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield SimpleNamespace(port=server.server_port, authorization=seen)
        server.shutdown()
        thread.join()


def html_page(digest: str) -> bytes:
    older = NAME.replace("1.10.0", "1.9.9")
    yanked = NAME.replace("1.10.0", "1.99.0")
    return (
        f'<a href="files/{older}">{older}</a>'
        f'<a href="files/{yanked}" data-yanked="">{yanked}</a>'
        f'<a href="files/{NAME}#sha256={digest}">{NAME}</a>'
        f'<a href="files/uv-1.10.0-py3-none-win_amd64.whl">for another system</a>'
    ).encode()


def json_page(digest: str) -> bytes:
    return json.dumps(
        {
            "files": [
                {
                    "filename": NAME,
                    "url": f"files/{NAME}",
                    "hashes": {"sha256": digest},
                    "yanked": False,
                },
                {"filename": "uv-2.0.tar.gz", "url": "files/uv", "hashes": {}},
            ]
        }
    ).encode()


@pytest.mark.parametrize(
    ("content_type", "page"),
    [
        ("text/html", html_page(PROMISED)),
        ("application/vnd.pypi.simple.v1+json", json_page(PROMISED)),
    ],
    ids=["html", "json"],
)
def test_newest_uv_for_this_machine_comes_from_the_index(
    content_type: str, page: bytes, tmp_path: Path
) -> None:
    file = ("application/octet-stream", WHEEL)
    pages = {"/simple/uv/": (content_type, page), f"/simple/uv/files/{NAME}": file}

    with serve(pages) as server:
        address = f"127.0.0.1:{server.port}/simple/"
        download_uv(f"http://user:p%40ss@{address}", tmp_path / "bin", TRUSTED)

    assert (tmp_path / "bin" / "uv").read_bytes() == b"the newest uv"
    assert (tmp_path / "bin" / "uv").stat().st_mode & 0o111
    assert server.authorization == ["Basic dXNlcjpwQHNz"] * 2


def test_file_that_is_not_the_promised_one_is_refused(tmp_path: Path) -> None:
    pages = {
        "/uv/": ("text/html", html_page("0" * 64)),
        f"/uv/files/{NAME}": ("application/octet-stream", WHEEL),
    }

    with (
        serve(pages) as server,
        pytest.raises(UvDownloadError, match="is not the file that"),
    ):
        download_uv(f"http://127.0.0.1:{server.port}", tmp_path, TRUSTED)

    assert list(tmp_path.iterdir()) == []


def test_index_without_uv_is_named(tmp_path: Path) -> None:
    with (
        serve({"/uv/": ("text/html", b"")}) as server,
        pytest.raises(UvDownloadError, match=f":{server.port}/uv/ has no uv for "),
    ):
        download_uv(f"http://127.0.0.1:{server.port}", tmp_path, TRUSTED)


def test_configuration_of_pip_reaches_uv(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "pip.conf"
    file.write_text(
        "[global]\nindex-url = http://below/simple\ncert = /ca.pem\n"
        "extra-index-url = http://one/simple\n  http://two/simple\n"
        "[install]\nfind-links = /wheels\n"
    )
    for name in ("UV_INDEX_URL", "UV_DEFAULT_INDEX", "UV_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("PIP_CERT", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(file))
    monkeypatch.setenv("PIP_INDEX_URL", "http://above/simple")
    monkeypatch.setenv("UV_FIND_LINKS", "/own")

    environment = PackageIndex.configured().environment_for_uv()

    assert {
        name: environment[name]
        for name in (
            "UV_INDEX_URL",
            "UV_EXTRA_INDEX_URL",
            "UV_FIND_LINKS",
            "SSL_CERT_FILE",
            "UV_PYTHON_DOWNLOADS",
        )
    } == {
        "UV_INDEX_URL": "http://above/simple",
        "UV_EXTRA_INDEX_URL": "http://one/simple http://two/simple",
        "UV_FIND_LINKS": "/own",
        "SSL_CERT_FILE": "/ca.pem",
        "UV_PYTHON_DOWNLOADS": "never",
    }


def test_old_interpreter_says_what_it_is_and_what_is_needed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 18, "final", 0))
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(ROOT / "dev"), run_name="__main__")

    assert str(end.value).startswith(
        f"Jobwire needs Python 3.11 or newer, but python3 is 3.9.18 ({sys.executable})"
    )


def test_unknown_command_suggests_the_near_one() -> None:
    ended = subprocess.run(
        [sys.executable, ROOT / "dev", "tset"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 2
    assert "Did you mean `./dev test`?" in ended.stderr


def test_lock_that_names_a_place_or_is_old_is_a_fault(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in (locks.RUNTIME, locks.DEVELOPMENT):
        (tmp_path / name).write_text(
            "--extra-index-url file:///wheels\nanyio==4.16.0\n"
        )
    monkeypatch.setattr(locks, "ROOT", tmp_path)

    faults = locks.faults_of_locks()

    assert faults[:2] == [
        "requirements.lock is older than pyproject.toml: run ./dev lock",
        "requirements.lock:1 names a place: --extra-index-url file:///wheels",
    ]
    assert len(faults) == 4
