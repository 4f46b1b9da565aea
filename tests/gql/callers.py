"""Who calls in these tests: a caller is the name of one of them."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import HTTPConnection

from jobwire.jobs.viewer import Scope, Viewer

CALLERS = {
    "alice": Viewer("user-1", frozenset({Scope.JOBS_READ, Scope.JOBS_WRITE})),
    "bob": Viewer("user-2", frozenset({Scope.JOBS_READ, Scope.JOBS_WRITE})),
    "reader": Viewer("user-1", frozenset({Scope.JOBS_READ})),
    "writer": Viewer("user-1", frozenset({Scope.JOBS_WRITE})),
    "planner": Viewer("user-1", frozenset({Scope.JOBS_READ, Scope.SCHEDULES_WRITE})),
    "stranger": Viewer("user-2", frozenset({Scope.JOBS_READ, Scope.SCHEDULES_WRITE})),
    "scopeless": Viewer("user-1", frozenset()),
    "admin": Viewer("operator", frozenset({Scope.ADMIN})),
}


async def authenticate(
    connection: HTTPConnection, parameters: Mapping[str, Any]
) -> Viewer | None:
    """Take the caller from the header or from the payload of `connection_init`."""
    header = connection.headers.get("authorization", "").removeprefix("Bearer ")
    return CALLERS.get(parameters.get("token") or header)
