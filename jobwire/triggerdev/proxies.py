"""What the environment says about proxies, read once."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Self
from urllib.request import getproxies

import httpx

from jobwire.triggerdev.errors import InvalidOptionError

_SCHEMES = ("http", "https", "all")


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxies of each scheme, and the hosts that need none.

    Attributes:
        by_scheme: Of `http`, `https` and, for both, `all`.
        exempt: Hosts as `NO_PROXY` has them: a name stands for its subdomains too,
            with or without a dot before it; an address may be a network such as
            `10.0.0.0/8`; each may end in a port; `*` is every host.
    """

    by_scheme: Mapping[str, httpx.Proxy]
    exempt: tuple[str, ...] = ()

    @classmethod
    def from_environment(cls, ssl_context: ssl.SSLContext) -> Self:
        """Read `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`.

        In lower case they win; where there are none, macOS and Windows are asked.

        Args:
            ssl_context: For proxies that are reached by TLS.

        Raises:
            InvalidOptionError: One is no URL of a proxy.
        """
        found = getproxies()
        by_scheme = {
            scheme: _proxy(scheme, found[scheme], ssl_context)
            for scheme in _SCHEMES
            if scheme in found
        }
        exempt = (name.strip().lower() for name in found.get("no", "").split(","))
        return cls(by_scheme, tuple(filter(None, exempt)))

    def for_url(self, url: httpx.URL) -> httpx.Proxy | None:
        """Return the proxy that leads to a URL; None: it is reached directly."""
        proxy = self.by_scheme.get(url.scheme) or self.by_scheme.get("all")
        if proxy is None or any(_names(name, url) for name in self.exempt):
            return None
        return proxy


def _proxy(scheme: str, url: str, ssl_context: ssl.SSLContext) -> httpx.Proxy:
    whole = url if "://" in url else f"http://{url}"
    try:
        secure = whole.startswith("https://")
        return httpx.Proxy(whole, ssl_context=ssl_context if secure else None)
    except (ValueError, httpx.InvalidURL):
        # What they say may repeat the URL, and with it a password.
        raise InvalidOptionError(
            f"{scheme.upper()}_PROXY", "be a URL such as http://proxy.example:3128"
        ) from None


def _names(name: str, url: httpx.URL) -> bool:
    """Tell whether an entry of `NO_PROXY` names the host of a URL."""
    host = url.raw_host.decode().lower()
    if name == "*":
        return True
    if name.count(":") == 1:
        name, _, port = name.partition(":")
        if port != str(url.port or {"http": 80, "https": 443}.get(url.scheme)):
            return False
    try:
        return ip_address(host) in ip_network(name.strip("[]"), strict=False)
    except ValueError:
        domain = name.lstrip("*").lstrip(".")
        return host == domain or host.endswith(f".{domain}")
