from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.requests import HTTPConnection

from jobwire.app.authentication import (
    DEV_USER,
    by_host,
    by_token,
    by_token_or_loopback,
    is_local,
)
from jobwire.app.tokens import mint_token
from jobwire.jobs.errors import UnauthenticatedError
from jobwire.jobs.viewer import Scope, Viewer
from tests.clock import FakeClock

SECRET = SecretStr("a secret of the tests, long enough")
LOCAL = {"host": "127.0.0.1:8000"}


def connection(client: str | None = "127.0.0.1", **headers: str) -> HTTPConnection:
    """A request as a server hands it over."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return HTTPConnection(
        {
            "type": "http",
            "path": "/graphql",
            "query_string": b"",
            "client": None if client is None else (client, 40000),
            "headers": [
                (name.encode(), value.encode())
                for name, value in {**LOCAL, **given}.items()
            ],
        }
    )


def token_of(clock: FakeClock, user_id: str = "ann") -> str:
    return mint_token(
        SECRET,
        user_id=user_id,
        scopes=[Scope.JOBS_READ],
        lifetime=timedelta(hours=1),
        now=clock.now(),
    )


@pytest.mark.parametrize(
    ("headers", "params"),
    [
        pytest.param({"authorization": "Bearer {}"}, {}, id="header"),
        pytest.param({"authorization": "bearer  {} "}, {}, id="header, spelt freely"),
        pytest.param({}, {"Authorization": "Bearer {}"}, id="connection_init"),
        pytest.param({}, {"authorization": "Bearer {}"}, id="in lower case"),
        pytest.param({}, {"token": "{}"}, id="bare"),
    ],
)
async def test_a_token_is_found_wherever_clients_put_it(
    clock: FakeClock, headers: dict[str, str], params: dict[str, str]
) -> None:
    token = token_of(clock)

    viewer = await by_token(SECRET, clock)(
        connection(**{name: text.format(token) for name, text in headers.items()}),
        {name: text.format(token) for name, text in params.items()},
    )

    assert viewer is not None
    assert viewer.user_id == "ann"


async def test_without_a_token_nobody_is_known(clock: FakeClock) -> None:
    assert await by_token(SECRET, clock)(connection(), {}) is None


async def test_in_dev_who_sits_at_this_machine_may_do_everything(
    clock: FakeClock,
) -> None:
    authenticate = by_token_or_loopback(SECRET, clock)

    assert await authenticate(connection(), {}) == Viewer(DEV_USER, frozenset(Scope))


async def test_in_dev_a_token_is_whoever_it_says(clock: FakeClock) -> None:
    authenticate = by_token_or_loopback(SECRET, clock)

    viewer = await authenticate(connection(), {"token": token_of(clock, "bob")})

    assert viewer is not None
    assert viewer.user_id == "bob"
    assert not viewer.is_admin


@pytest.mark.parametrize(
    ("headers", "params"),
    [
        pytest.param({"authorization": "Bearer wrong"}, {}, id="wrong"),
        pytest.param({"authorization": "Basic YTpi"}, {}, id="another scheme"),
        pytest.param({"authorization": ""}, {}, id="an empty header"),
        pytest.param({}, {"Authorization": 5}, id="no text"),
        pytest.param({}, {"token": ""}, id="empty"),
        pytest.param({}, {"token": {}}, id="an object"),
    ],
)
async def test_in_dev_a_token_that_is_wrong_makes_nobody_dev(
    clock: FakeClock, headers: dict[str, str], params: dict[str, Any]
) -> None:
    with pytest.raises(UnauthenticatedError):
        await by_token_or_loopback(SECRET, clock)(connection(**headers), params)


async def test_in_dev_an_expired_token_makes_nobody_dev(clock: FakeClock) -> None:
    token = token_of(clock)
    clock.advance(timedelta(hours=2))

    with pytest.raises(UnauthenticatedError, match="expired"):
        await by_token_or_loopback(SECRET, clock)(connection(), {"token": token})


async def test_in_dev_without_a_secret_no_token_is_valid(clock: FakeClock) -> None:
    authenticate = by_token_or_loopback(None, clock)

    assert await authenticate(connection(), {"token": token_of(clock)}) is None


@pytest.mark.parametrize(
    ("client", "headers"),
    [
        pytest.param("127.0.0.1", {}, id="address"),
        pytest.param("127.0.0.1", {"host": "localhost:8000"}, id="name"),
        pytest.param("::1", {"host": "[::1]:8000"}, id="IPv6"),
        pytest.param("::ffff:127.0.0.1", {}, id="IPv4 inside IPv6"),
        pytest.param(
            "127.0.0.1", {"origin": "http://127.0.0.1:8000"}, id="our own page"
        ),
        pytest.param("127.0.0.1", {"sec_fetch_site": "none"}, id="typed address"),
    ],
)
def test_a_request_is_local(client: str, headers: dict[str, str]) -> None:
    assert is_local(connection(client, **headers))


@pytest.mark.parametrize(
    ("client", "headers"),
    [
        pytest.param("192.0.2.7", {}, id="from a neighbour"),
        pytest.param(None, {}, id="from nobody knows where"),
        pytest.param("testclient", {}, id="from no address"),
        pytest.param("127.0.0.1", {"host": "evil.example"}, id="a rebound name"),
        pytest.param("127.0.0.1", {"host": "127.0.0.1.evil.example"}, id="a likeness"),
        pytest.param("127.0.0.1", {"host": "[127.0.0.1"}, id="a garbled host"),
        pytest.param("127.0.0.1", {"host": ""}, id="no host"),
        pytest.param("127.0.0.1", {"origin": "https://evil.example"}, id="a site"),
        pytest.param(
            "127.0.0.1", {"origin": "http://127.0.0.1:3000"}, id="another local page"
        ),
        pytest.param("127.0.0.1", {"origin": "null"}, id="a page without a site"),
        pytest.param("127.0.0.1", {"origin": "http://["}, id="a garbled origin"),
        pytest.param(
            "127.0.0.1", {"sec_fetch_site": "cross-site"}, id="a link of a site"
        ),
        pytest.param("127.0.0.1", {"x_forwarded_for": "192.0.2.7"}, id="a proxy"),
        pytest.param("127.0.0.1", {"forwarded": "for=192.0.2.7"}, id="another proxy"),
    ],
)
async def test_a_request_is_not_local(
    clock: FakeClock, client: str | None, headers: dict[str, str]
) -> None:
    stranger = connection(client, **headers)

    assert not is_local(stranger)
    assert await by_token_or_loopback(SECRET, clock)(stranger, {}) is None


async def test_a_host_may_authenticate_in_any_form() -> None:
    ann = Viewer("ann", frozenset())

    async def with_params(_: HTTPConnection, params: Mapping[str, Any]) -> Viewer:
        return Viewer(params["user"], frozenset())

    async def of_connection(_: HTTPConnection) -> Viewer:
        return ann

    def plain(_: HTTPConnection) -> None:
        return None

    assert await by_host(with_params)(connection(), {"user": "ann"}) == ann
    assert await by_host(of_connection)(connection(), {}) == ann
    assert await by_host(plain)(connection(), {}) is None
