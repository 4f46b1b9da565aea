from collections.abc import Mapping
from typing import Any

from starlette.requests import HTTPConnection

from jobwire.app.authentication import by_host
from jobwire.jobs.viewer import Viewer
from tests.app.authentication.asking import connection


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
