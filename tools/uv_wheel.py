"""Getting uv from a package index with the standard library alone."""

import hashlib
import io
import json
import platform
import re
import ssl
import sys
import zipfile
from base64 import b64encode
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit
from urllib.request import HTTPSHandler, Request, build_opener

from tools.package_index import PackageIndex
from tools.steps import ReportedError

_ACCEPTED = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"
_TIMEOUT = 60  # seconds without an answer
_WHEEL = re.compile(r"uv-(\d+(?:\.\d+)*)-py3-none-(.+)\.whl")


class UvDownloadError(ReportedError):
    """The index does not answer, or has no uv for this machine."""


@dataclass(frozen=True)
class Wheel:
    """A file of the index."""

    name: str
    url: str
    sha256: str | None

    @property
    def version(self) -> tuple[int, ...]:
        """Empty for what is no wheel of a final release."""
        match = _WHEEL.fullmatch(self.name)
        return tuple(map(int, match[1].split("."))) if match else ()

    def fits(self, system: str, machine: str) -> bool:
        """Whether it is a release for a system (`manylinux`, `macosx` …)."""
        match = _WHEEL.fullmatch(self.name)
        return match is not None and any(
            tag.startswith(system) and tag.endswith(f"_{machine}")
            for tag in match[2].split(".")
        )


def download_uv(index_url: str, folder: Path, index: PackageIndex) -> None:
    """Puts the newest uv for this machine into a folder.

    Args:
        index_url: Of the simple repository API, perhaps with a name and password.
        folder: Made if missing.
        index: Says whom to trust.

    Raises:
        UvDownloadError: no answer, no file that fits, or not the one promised.
    """
    system, machine = _system(), platform.machine()
    page_url = f"{index_url.rstrip('/')}/uv/"
    content_type, page = _fetch(page_url, index)
    wheels = _read_page(page_url, content_type, page.decode())
    fitting = [wheel for wheel in wheels if wheel.fits(system, machine)]
    if not fitting:
        message = f"{_without_secret(page_url)} has no uv for {system} on {machine}"
        raise UvDownloadError(message)
    newest = max(fitting, key=lambda wheel: wheel.version)
    _, content = _fetch(newest.url, index)
    if newest.sha256 not in {None, hashlib.sha256(content).hexdigest()}:
        message = f"{newest.name} is not the file that the index promises"
        raise UvDownloadError(message)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        program = next(
            name for name in archive.namelist() if name.endswith(".data/scripts/uv")
        )
        folder.mkdir(parents=True, exist_ok=True)
        fresh = folder / "uv.new"
        fresh.write_bytes(archive.read(program))
    fresh.chmod(0o755)
    fresh.replace(folder / "uv")


def _system() -> str:
    if sys.platform == "darwin":
        return "macosx"
    return "manylinux" if platform.libc_ver()[0] == "glibc" else "musllinux"


def _fetch(url: str, index: PackageIndex) -> tuple[str, bytes]:
    """Reads a URL, through the proxy that the environment names."""
    trust = ssl.create_default_context(cafile=index.certificates)
    if urlsplit(url).hostname in index.trusted_hosts:
        trust.check_hostname = False
        trust.verify_mode = ssl.CERT_NONE
    parts = urlsplit(url)
    bare = _without_secret(url)
    request = Request(bare, headers={"Accept": _ACCEPTED})  # noqa: S310  (see below)
    if parts.username:
        secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        encoded = b64encode(secret.encode()).decode()
        request.add_unredirected_header("Authorization", f"Basic {encoded}")
    # Whatever scheme the user's own configuration names is meant.
    opener = build_opener(HTTPSHandler(context=trust))
    try:
        with opener.open(request, timeout=_TIMEOUT) as answer:
            return answer.headers.get_content_type(), answer.read()
    except OSError as error:
        message = f"{bare} gives no uv: {error}"
        raise UvDownloadError(message) from error


def _without_secret(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _read_page(page_url: str, content_type: str, page: str) -> list[Wheel]:
    """Reads a project page of the simple repository API, JSON or HTML."""
    if content_type.endswith("+json"):
        return [
            Wheel(
                file["filename"],
                urljoin(page_url, file["url"]),
                file["hashes"].get("sha256"),
            )
            for file in json.loads(page)["files"]
            if not file.get("yanked")
        ]
    parser = _ProjectPage(page_url)
    parser.feed(page)
    return parser.wheels


class _ProjectPage(HTMLParser):
    def __init__(self, page_url: str) -> None:
        super().__init__()
        self._page_url = page_url
        self.wheels: list[Wheel] = []

    def handle_starttag(
        self, tag: str, attributes: list[tuple[str, str | None]]
    ) -> None:
        link = dict(attributes)
        address = link.get("href")
        if tag != "a" or not address or "data-yanked" in link:
            return
        url, fragment = urldefrag(urljoin(self._page_url, address))
        name = unquote(urlsplit(url).path.rpartition("/")[2])
        kind, _, digest = fragment.partition("=")
        self.wheels.append(Wheel(name, url, digest if kind == "sha256" else None))
