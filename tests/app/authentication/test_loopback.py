from datetime import timedelta
from typing import Any

import pytest

from jobwire.app.authentication import DEV_USER, Asking, Chain, by_loopback
from jobwire.app.authentication.loopback import is_local
from jobwire.app.authentication.secret import by_secret
from jobwire.jobs.errors import UnauthenticatedError
from jobwire.jobs.viewer import Scope, Viewer
from tests.app.authentication.asking import SECRET, connection, token_of
from tests.clock import FakeClock


@pytest.fixture
def authenticate(clock: FakeClock) -> Chain:
    """The chain of `dev`."""
    return Chain([by_secret(SECRET, clock)]).then(by_loopback)


async def test_in_dev_who_sits_at_this_machine_may_do_everything(
    authenticate: Chain,
) -> None:
    assert await authenticate(connection(), {}) == Viewer(DEV_USER, frozenset(Scope))


async def test_in_dev_a_token_is_whoever_it_says(
    authenticate: Chain, clock: FakeClock
) -> None:
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
    authenticate: Chain, headers: dict[str, str], params: dict[str, Any]
) -> None:
    with pytest.raises(UnauthenticatedError):
        await authenticate(connection(**headers), params)


async def test_in_dev_an_expired_token_makes_nobody_dev(
    authenticate: Chain, clock: FakeClock
) -> None:
    token = token_of(clock)
    clock.advance(timedelta(hours=2))

    with pytest.raises(UnauthenticatedError, match="expired"):
        await authenticate(connection(), {"token": token})


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
    client: str | None, headers: dict[str, str]
) -> None:
    stranger = connection(client, **headers)

    assert not is_local(stranger)
    assert by_loopback(Asking(stranger, None)) is None
