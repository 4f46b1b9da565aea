"""`POST /api/v1/runs/:id/tags`: more tags for a run."""

from starlette.requests import Request
from starlette.responses import Response

from jobwire.emulator.api.bodies import read_plain
from jobwire.emulator.api.callers import require_key
from jobwire.emulator.api.responses import ApiError, ApiResponse
from jobwire.emulator.api.server import server_of
from jobwire.emulator.api.shapes import record
from jobwire.emulator.api.trigger_body import TAGS
from jobwire.emulator.payloads import write_json
from jobwire.emulator.run import find_run, update_run
from jobwire.emulator.triggering import MAX_TAGS

_BODY = record({"tags": TAGS}, {})


async def add_tags(request: Request) -> Response:
    """Add tags, as many as a run may have."""
    require_key(request)
    body = await read_plain(request, _BODY, "Invalid request body")
    given = [body["tags"]] if isinstance(body["tags"], str) else body["tags"]
    server = server_of(request)
    with server.state.transaction() as connection:
        run = find_run(connection, request.path_params["run"])
        if run is None:
            raise ApiError(404, "Task Run not found")
        new = [
            tag
            for tag in dict.fromkeys(given)
            if tag.strip() and tag not in run.tag_list
        ]
        if not new:
            return ApiResponse({"message": "No new tags to add"})
        if len(run.tag_list) + len(new) > MAX_TAGS:
            raise ApiError(
                422,
                f"Runs can only have {MAX_TAGS} tags, you're trying to set"
                f" {len(run.tag_list) + len(new)}. These tags have not been set:"
                f" {', '.join(repr(tag) for tag in new)}.",
            )
        tags = write_json(sorted((*run.tag_list, *new)))
        update_run(connection, run, now=server.now_ms, tags=tags)
    return ApiResponse({"message": f"Successfully set {len(new)} new tags."})
