"""The way to the network: proxies and certificates, and connections that share them."""

import httpx

from jobwire.triggerdev.direct_transport import DirectTransport
from jobwire.triggerdev.proxies import Proxies

#: Servers on Node close idle connections after 5 seconds, and a request that meets the
#: closing is lost without an answer.
_KEEPALIVE_SECONDS = 4


class Network:
    """The network, reached as the environment says at the moment this is made.

    `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`, `SSL_CERT_FILE` and
    `SSL_CERT_DIR` are read once; what becomes of them later does not count.

    Raises:
        InvalidOptionError: A proxy cannot be one.
        OSError: The certificates cannot be read.
    """

    def __init__(self) -> None:
        self._ssl = httpx.create_ssl_context()
        self._proxies = Proxies.from_environment(self._ssl)

    def is_proxied(self, url: httpx.URL) -> bool:
        """Tell whether a proxy leads to a URL."""
        return self._proxies.for_url(url) is not None

    def direct(self, url: httpx.URL, *, connections: int) -> httpx.AsyncBaseTransport:
        """Make a transport for the origin of a URL that no proxy leads to.

        Args:
            url: Whose origin it is.
            connections: How many it may have.
        """
        return DirectTransport(
            url,
            ssl_context=self._ssl,
            connections=connections,
            idle_seconds=_KEEPALIVE_SECONDS,
        )

    def proxied(self, url: httpx.URL, *, connections: int) -> httpx.AsyncBaseTransport:
        """Make a transport for URLs that the proxy of this one leads to.

        Args:
            url: Whose scheme and host tell the proxy.
            connections: How many it may have.
        """
        return self._through(self._proxies.for_url(url), connections)

    def anywhere(self, *, connections: int) -> httpx.AsyncBaseTransport:
        """Make a transport for any URL.

        Args:
            connections: How many it may have through each proxy.
        """
        return _Routed(self, connections)

    def _through(
        self, proxy: httpx.Proxy | None, connections: int
    ) -> httpx.AsyncHTTPTransport:
        return httpx.AsyncHTTPTransport(
            verify=self._ssl,
            trust_env=False,
            proxy=proxy,
            limits=httpx.Limits(
                max_connections=connections,
                max_keepalive_connections=connections,
                keepalive_expiry=_KEEPALIVE_SECONDS,
            ),
        )


class _Routed(httpx.AsyncBaseTransport):
    """Sends each request through the proxy of its own host."""

    def __init__(self, network: Network, connections: int) -> None:
        self._network = network
        self._connections = connections
        self._transports: dict[str, httpx.AsyncHTTPTransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        proxy = self._network._proxies.for_url(request.url)  # noqa: SLF001 - a part
        name = "" if proxy is None else str(proxy.url)
        if name not in self._transports:
            self._transports[name] = self._network._through(  # noqa: SLF001 - of it
                proxy, self._connections
            )
        return await self._transports[name].handle_async_request(request)

    async def aclose(self) -> None:
        for transport in self._transports.values():
            await transport.aclose()
