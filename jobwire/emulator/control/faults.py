"""`/emulator/faults`: what goes wrong."""

from starlette.requests import Request
from starlette.responses import Response

from jobwire.emulator.api.responses import ApiError, ApiResponse
from jobwire.emulator.control.bodies import object_of
from jobwire.emulator.control.server import server_of
from jobwire.emulator.errors import FaultError
from jobwire.emulator.fault_json import read_fault, show_fault


async def list_faults(request: Request) -> Response:
    """List those that can still happen."""
    active = server_of(request).faults.active()
    return ApiResponse({"faults": [show_fault(one) for one in active]})


async def add_fault(request: Request) -> Response:
    """Add one."""
    body = await object_of(request)
    try:
        added = server_of(request).faults.add(read_fault(body))
    except FaultError as error:
        raise ApiError(422, str(error)) from error
    return ApiResponse(show_fault(added))


async def remove_fault(request: Request) -> Response:
    """Remove one."""
    id = request.path_params["fault"]
    if not server_of(request).faults.remove(id):
        raise ApiError(404, f"There is no fault {id}.")
    return ApiResponse({"id": id})


async def clear_faults(request: Request) -> Response:
    """Remove all."""
    server_of(request).faults.clear()
    return ApiResponse({"faults": []})
