"""Proxies and certificates: read once from the environment, and used by every shard."""

import asyncio
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from jobwire.triggerdev import (
    ApiConnectionError,
    InvalidOptionError,
    TriggerDevClient,
)
from jobwire.triggerdev.proxies import Proxies
from tests.triggerdev.certificates import Certificate
from tests.triggerdev.connect_proxy import ConnectProxy
from tests.triggerdev.server import KEY
from tests.triggerdev.wire import SILENCE, Wire, answer

HOST = "trigger.invalid"
SHORT = timedelta(milliseconds=300)
TRIGGERED = answer(b'{"id":"run_1","isCached":false}')
NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE")


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*NAMES, "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return Certificate(HOST, tmp_path)


@pytest.fixture
def behind(make_client, certificate: Certificate, monkeypatch: pytest.MonkeyPatch):
    """Have a TLS server behind a proxy, and a client that is told of both."""

    @asynccontextmanager
    async def behind(
        *answers: bytes | None, credentials: str = "", **proxy: str
    ) -> AsyncIterator[tuple[TriggerDevClient, ConnectProxy, Wire]]:
        wire = Wire(*answers, tls=certificate.server)
        async with wire.listening():
            tunnel = ConnectProxy(port=wire.port, **proxy)
            async with tunnel.listening():
                monkeypatch.setenv(
                    "HTTPS_PROXY", f"http://{credentials}127.0.0.1:{tunnel.port}"
                )
                monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
                async with make_client(
                    transport=None, api_url=f"https://{HOST}"
                ) as client:
                    for name in NAMES:
                        monkeypatch.delenv(name, raising=False)
                    yield client, tunnel, wire

    return behind


async def test_a_tunnel_leads_to_a_server_that_the_environment_trusts(behind) -> None:
    async with behind(TRIGGERED) as (client, tunnel, wire):
        assert (await client.tasks.trigger("hello", {})).id == "run_1"

    assert tunnel.heads[0].startswith(f"CONNECT {HOST}:443 HTTP/1.1")
    assert KEY not in tunnel.heads[0]
    assert wire.heads[0].startswith("POST /api/v1/tasks/hello/trigger HTTP/1.1")
    assert f"authorization: Bearer {KEY}" in wire.heads[0]


async def test_every_shard_goes_through_the_proxy_of_the_beginning(behind) -> None:
    async with behind(*[TRIGGERED] * 8) as (client, tunnel, wire):
        calls = [client.tasks.trigger("hello", {}) for _ in range(8)]
        await asyncio.gather(*calls)

    assert len(tunnel.heads) == len(wire.heads) == 8


async def test_a_proxy_is_told_the_credentials_of_its_url(behind) -> None:
    basic = b64encode(b"us er:p@ss").decode()
    async with behind(
        TRIGGERED,
        credentials="us%20er:p%40ss@",
        authorization=f"Basic {basic}",
    ) as (client, tunnel, wire):
        assert (await client.tasks.trigger("hello", {})).id == "run_1"

    assert basic in tunnel.heads[0]
    assert "proxy-authorization" not in wire.heads[0].lower()


async def test_a_proxy_that_refuses_has_sent_nothing_and_its_password_is_kept(
    behind, waits: list[float]
) -> None:
    async with behind(credentials="user:s3cret@", authorization="Basic another") as (
        client,
        tunnel,
        wire,
    ):
        with pytest.raises(ApiConnectionError, match="407 Proxy Auth") as caught:
            await client.tasks.trigger("hello", {})

    error = caught.value
    assert (error.outcome_unknown, error.is_safe_to_retry) == (False, True)
    assert (len(tunnel.heads), len(waits), wire.heads) == (4, 3, [])
    assert "s3cret" not in f"{error} {error!r} {error.__cause__}"


async def test_a_server_that_nobody_trusts_is_sent_nothing(
    make_client, certificate: Certificate, waits: list[float]
) -> None:
    wire = Wire(tls=certificate.server)
    async with wire.listening():
        url = f"https://127.0.0.1:{wire.port}"
        async with make_client(transport=None, api_url=url) as client:
            with pytest.raises(ApiConnectionError, match="CERTIFICATE") as caught:
                await client.tasks.trigger("hello", {})

    assert not caught.value.outcome_unknown
    assert (wire.heads, len(waits)) == ([], 3)


async def test_a_proxy_that_stays_silent_has_sent_nothing(
    make_client, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = Wire(*[SILENCE] * 4)
    async with proxy.listening():
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        async with make_client(
            transport=None, api_url=f"https://{HOST}", timeout=SHORT
        ) as client:
            with pytest.raises(ApiConnectionError, match="could not be") as caught:
                await client.tasks.trigger("hello", {})

    assert not caught.value.outcome_unknown


async def test_a_tunnel_whose_server_stays_silent_may_have_sent_the_request(
    behind, waits: list[float]
) -> None:
    async with behind(SILENCE) as (client, _, wire):
        call = client.tasks.trigger("hello", {}, deadline=SHORT)
        with pytest.raises(ApiConnectionError, match="got no answer") as caught:
            await call

    assert caught.value.outcome_unknown
    assert (len(wire.heads), waits) == (1, [])


@pytest.mark.parametrize(
    ("exempt", "url", "direct"),
    [
        ("", "https://api.trigger.dev", False),
        ("*", "https://api.trigger.dev", True),
        ("trigger.dev", "https://api.trigger.dev", True),
        (".trigger.dev", "https://api.trigger.dev", True),
        ("trigger.dev", "https://trigger.dev", True),
        ("trigger.dev", "https://mytrigger.dev", False),
        ("API.Trigger.dev", "https://api.trigger.dev", True),
        ("other.test, api.trigger.dev", "https://api.trigger.dev", True),
        ("api.trigger.dev:443", "https://api.trigger.dev", True),
        ("api.trigger.dev:8443", "https://api.trigger.dev", False),
        ("localhost:3030", "https://localhost:3030", True),
        ("10.0.0.0/8", "https://10.1.2.3", True),
        ("10.0.0.0/8", "https://11.1.2.3", False),
        ("10.1.2.3", "https://10.1.2.3:8030", True),
        ("::1", "https://[::1]:3030", True),
        ("[::1]", "https://[::1]:3030", True),
    ],
)
def test_hosts_that_the_environment_names_need_no_proxy(
    monkeypatch: pytest.MonkeyPatch, exempt: str, url: str, *, direct: bool
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "proxy.test:3128")
    monkeypatch.setenv("NO_PROXY", exempt)

    proxies = Proxies.from_environment(ssl.create_default_context())

    assert (proxies.for_url(httpx.URL(url)) is None) is direct


@pytest.mark.parametrize(
    ("given", "http", "https"),
    [
        ({}, None, None),
        ({"HTTP_PROXY": "http://a.test"}, "a.test", None),
        ({"HTTPS_PROXY": "https://b.test"}, None, "b.test"),
        ({"ALL_PROXY": "http://c.test"}, "c.test", "c.test"),
        ({"ALL_PROXY": "http://c.test", "HTTPS_PROXY": "b.test"}, "c.test", "b.test"),
        ({"HTTPS_PROXY": "http://a.test", "https_proxy": "b.test"}, None, "b.test"),
    ],
    ids=["none", "http", "https", "all", "both", "lower case"],
)
def test_each_scheme_has_its_proxy(
    monkeypatch: pytest.MonkeyPatch,
    given: dict[str, str],
    http: str | None,
    https: str | None,
) -> None:
    for name, url in given.items():
        monkeypatch.setenv(name, url)

    proxies = Proxies.from_environment(ssl.create_default_context())

    found = [
        proxies.for_url(httpx.URL(f"{scheme}://x.test")) for scheme in ("http", "https")
    ]
    assert [proxy and proxy.url.host for proxy in found] == [http, https]


@pytest.mark.parametrize("url", ["ftp://user:s3cret@a.test", "http://a.test:s3cret"])
def test_a_proxy_that_is_none_is_told_at_once_without_its_password(
    make_client, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", url)

    with pytest.raises(InvalidOptionError, match="HTTPS_PROXY must be") as caught:
        make_client(transport=None)

    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None


async def test_each_url_of_the_store_goes_its_own_way(
    make_client, monkeypatch: pytest.MonkeyPatch
) -> None:
    packet = answer(b"{}")
    proxy, store = Wire(packet), Wire(packet)
    async with proxy.listening(), store.listening():
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        async with make_client(transport=None) as client:
            # The store is reached as nothing public can yet: by the URL itself.
            sender = client.runs._sender  # noqa: SLF001
            await sender.fetch(f"{store.url}/near.json", limit=10)
            await sender.fetch("http://store.invalid/far.json", limit=10)

    assert store.heads[0].startswith("GET /near.json HTTP/1.1")
    assert proxy.heads[0].startswith("GET http://store.invalid/far.json HTTP/1.1")
    assert KEY not in proxy.heads[0]
