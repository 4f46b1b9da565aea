"""`GET /api/v1/projects/:ref/runs`: runs by environments, for people."""

from starlette.requests import Request
from starlette.responses import Response

from jobwire.emulator.api.callers import require_personal_token
from jobwire.emulator.api.list_query import read_list_query
from jobwire.emulator.api.list_runs import answer_page
from jobwire.emulator.api.responses import ApiError
from jobwire.emulator.api.server import server_of
from jobwire.emulator.project import ENVIRONMENT_SLUG, PROJECT_REF


async def list_project_runs(request: Request) -> Response:
    """List the runs of the one project, if its one environment is asked for."""
    require_personal_token(request)
    if request.path_params["project"] != PROJECT_REF:
        raise ApiError(404, "Project not found")
    query = read_list_query(request.query_params, now=server_of(request).now_ms)
    environments = request.query_params.get("filter[env]", ENVIRONMENT_SLUG)
    if ENVIRONMENT_SLUG not in environments.split(","):
        raise ApiError(404, "No valid environments found")
    return answer_page(request, query)
