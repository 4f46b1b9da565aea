from collections.abc import Mapping
from typing import Any

from starlette.requests import HTTPConnection

from jobwire.app.authentication import Asking, by_host
from jobwire.jobs.viewer import Viewer
from tests.app.authentication.asking import connection


async def test_what_a_host_puts_first_is_asked_with_what_was_sent() -> None:
    asked = []

    async def ours(asking: Asking) -> Viewer | None:
        asked.append(asking.token)
        return Viewer("ours", frozenset()) if asking.token == "ours" else None

    authenticate = by_host(lambda _: Viewer("theirs", frozenset()), first=ours)
    found = [
        await authenticate(connection(), {"token": "ours"}),
        await authenticate(connection(authorization="Bearer other"), {}),
        await authenticate(connection(), {}),
    ]

    assert [one and one.user_id for one in found] == ["ours", "theirs", "theirs"]
    assert asked == ["ours", "other", None]


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
