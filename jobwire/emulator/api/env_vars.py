"""`/api/v1/projects/:ref/envvars/:slug`: environment variables, and `whoami`.

The key alone says which environment is meant, so every project's reference is taken.
Source: `api.v1.projects.$projectRef.envvars.$slug.ts` and `….$name.ts` of
triggerdotdev/trigger.dev, read 2026-11-23, and answers of a real server 4.5.12.
"""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from jobwire.emulator.api.callers import bearer_of
from jobwire.emulator.api.responses import ApiError, ApiResponse
from jobwire.emulator.api.server import ApiServer, server_of
from jobwire.emulator.env_vars import (
    EnvVar,
    delete_env_var,
    find_env_var,
    list_env_vars,
    set_env_var,
)

_SLUG = "dev"
_DONE = {"success": True}


async def list_or_create(request: Request) -> Response:
    """List the variables, or make one; an existing one gets the new value."""
    server = _server_for(request)
    if request.method in {"GET", "HEAD"}:
        found = list_env_vars(server.state.connection)
        return ApiResponse([_shown(variable) for variable in found])
    body = await _strings_of(request, "name", "value")
    with server.state.transaction() as connection:
        set_env_var(connection, EnvVar(body["name"], body["value"]))
    return ApiResponse(_DONE)


async def retrieve_or_change(request: Request) -> Response:
    """Show a variable, give it another value, or delete it."""
    server, name = _server_for(request), request.path_params["name"]
    variable = find_env_var(server.state.connection, name)
    if variable is None:
        raise ApiError(404, "Environment variable not found")
    if request.method in {"GET", "HEAD"}:
        return ApiResponse(_shown(variable))
    if request.method == "DELETE":
        with server.state.transaction() as connection:
            delete_env_var(connection, name)
        return ApiResponse(_DONE)
    body = await _strings_of(request, "value")
    with server.state.transaction() as connection:
        set_env_var(connection, EnvVar(name, body["value"]))
    return ApiResponse(_DONE)


async def whoami(_: Request) -> Response:
    """Say that nobody is known: this server has no users, and so no tokens of them."""
    raise ApiError(401, "Invalid or Missing Access Token")


def _server_for(request: Request) -> ApiServer:
    server = server_of(request)
    if bearer_of(request) != server.secret_key:
        raise ApiError(401, "Invalid or Missing API key")
    if request.path_params["slug"] != _SLUG:
        raise ApiError(
            400,
            "Invalid environment slug for this API key. Make sure you are using an API"
            " key associated with that environment.",
        )
    return server


def _shown(variable: EnvVar) -> dict[str, Any]:
    return {"name": variable.name, "value": variable.value, "isSecret": False}


async def _strings_of(request: Request, *names: str) -> dict[str, str]:
    """Return members of the body, which must be texts."""
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise ApiError(500, "Internal Server Error") from error
    given = body if isinstance(body, dict) else {}
    issues = [
        {
            "code": "invalid_type",
            "expected": "string",
            "received": "undefined" if name not in given else _kind(given[name]),
            "path": [name],
            "message": "Required"
            if name not in given
            else f"Expected string, received {_kind(given[name])}",
        }
        for name in names
        if not isinstance(given.get(name), str)
    ]
    if issues:
        raise ApiError(400, "Invalid request body", issues=issues)
    return {name: given[name] for name in names}


def _kind(value: object) -> str:
    kinds = {bool: "boolean", list: "array", dict: "object", type(None): "null"}
    return kinds.get(type(value), "number")
