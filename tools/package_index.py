"""Where packages come from: what pip was told, said to uv as well."""

import os
import sys
from configparser import ConfigParser
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True)
class PackageIndex:
    """The part of pip's configuration that uv does not read by itself.

    Attributes:
        url: The index, None for the default of pip and uv.
        certificates: Path of the certificates to trust, None for the system's.
    """

    url: str | None
    extra_urls: tuple[str, ...]
    find_links: tuple[str, ...]
    trusted_hosts: tuple[str, ...]
    certificates: str | None

    @classmethod
    def configured(cls) -> Self:
        """Reads uv's and pip's variables, and below them pip's files."""
        files = ConfigParser(interpolation=None)
        files.read(_configuration_files(), encoding="utf-8")

        def option(name: str) -> str:
            below = files.get("global", name, fallback="")
            below = files.get("install", name, fallback=below)
            return os.environ.get(f"PIP_{name.upper().replace('-', '_')}", below)

        return cls(
            url=os.environ.get("UV_DEFAULT_INDEX")
            or os.environ.get("UV_INDEX_URL")
            or option("index-url")
            or None,
            extra_urls=tuple(option("extra-index-url").split()),
            find_links=tuple(option("find-links").split()),
            trusted_hosts=tuple(option("trusted-host").split()),
            certificates=option("cert") or None,
        )

    def environment_for_uv(self) -> dict[str, str]:
        """Our environment, with this configuration unless uv has its own."""
        said = {
            "UV_INDEX_URL": self.url or "",
            "UV_EXTRA_INDEX_URL": " ".join(self.extra_urls),
            "UV_FIND_LINKS": ",".join(self.find_links),
            "UV_INSECURE_HOST": " ".join(self.trusted_hosts),
            "SSL_CERT_FILE": self.certificates or "",
            # As pip does. Every file is checked against a hash of the lock, so it
            # does not matter which of several indexes a package comes from.
            "UV_INDEX_STRATEGY": "unsafe-best-match" if self.extra_urls else "",
            # An interpreter would come from yet another place.
            "UV_PYTHON_DOWNLOADS": "never",
        }
        own = dict(os.environ)
        if own.get("UV_DEFAULT_INDEX"):
            del said["UV_INDEX_URL"]
        return {name: value for name, value in said.items() if value} | own


def _configuration_files() -> list[Path]:
    """Files of pip, those that count more after those that count less."""
    home = Path.home()
    files = [Path("/etc/pip.conf"), home / ".pip" / "pip.conf"]
    if sys.platform == "darwin":
        library = Path("Library", "Application Support", "pip", "pip.conf")
        files += [Path("/") / library, home / library]
    config_home = os.environ.get("XDG_CONFIG_HOME") or home / ".config"
    files += [Path(config_home, "pip", "pip.conf"), Path(sys.prefix, "pip.conf")]
    named = os.environ.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return []
    return [*files, Path(named)] if named else files
