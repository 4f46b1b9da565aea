from typing import Any

import pytest
from starlette.requests import HTTPConnection

from jobwire.app.authentication import Asking, Chain
from jobwire.app.authentication.secret import by_secret
from jobwire.jobs.errors import UnauthenticatedError
from jobwire.jobs.viewer import Viewer
from tests.app.authentication.asking import SECRET, connection, token_of
from tests.clock import FakeClock

ANN = Viewer("ann", frozenset())


async def silent(_: Asking) -> None:
    """Know nobody."""


async def knows_ann(asking: Asking) -> Viewer | None:
    return ANN if asking.token == "ann's" else None


async def breaks(_: Asking) -> Viewer | None:
    raise AssertionError("A chain must end where somebody was known.")


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

    viewer = await Chain([by_secret(SECRET, clock)])(
        connection(**{name: text.format(token) for name, text in headers.items()}),
        {name: text.format(token) for name, text in params.items()},
    )

    assert viewer is not None
    assert viewer.user_id == "ann"


async def test_without_a_token_nobody_is_known(clock: FakeClock) -> None:
    assert await Chain([by_secret(SECRET, clock)])(connection(), {}) is None


async def test_the_first_that_knows_answers() -> None:
    chain = Chain([silent, knows_ann]).then(breaks)

    assert await chain(connection(), {"token": "ann's"}) == ANN


@pytest.mark.parametrize(
    "params",
    [
        pytest.param({"token": "bob's"}, id="unknown"),
        pytest.param({"token": ""}, id="empty"),
        pytest.param({"token": "ä.\0.\ud800"}, id="no text that could be one"),
        pytest.param({"Authorization": "Basic YTpi"}, id="another scheme"),
    ],
)
async def test_a_token_that_nobody_takes_is_refused(
    clock: FakeClock, params: dict[str, Any]
) -> None:
    chain = Chain([silent, by_secret(SECRET, clock), knows_ann])

    with pytest.raises(UnauthenticatedError, match="takes no token of this kind"):
        await chain(connection(), params)


async def test_of_two_tokens_in_one_request_none_counts(clock: FakeClock) -> None:
    asked = connection(authorization=f"Bearer {token_of(clock)}")
    for user_id in ("ann", "bob"):
        header = f"Bearer {token_of(clock, user_id)}".encode()
        both = [*asked.scope["headers"], (b"authorization", header)]
        twice = HTTPConnection({**asked.scope, "headers": both})

        with pytest.raises(UnauthenticatedError):
            await Chain([by_secret(SECRET, clock)])(twice, {})
