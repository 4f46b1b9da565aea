"""The HTTP face of the emulator: the routes of Trigger.dev's management API."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from jobwire.emulator.api.cancel import cancel
from jobwire.emulator.api.claims import claims
from jobwire.emulator.api.list_runs import list_runs
from jobwire.emulator.api.rate_limit import RateLimit
from jobwire.emulator.api.responses import EXCEPTION_HANDLERS
from jobwire.emulator.api.retrieve import retrieve
from jobwire.emulator.api.server import ApiServer
from jobwire.emulator.api.trigger import trigger


def create_api(server: ApiServer) -> Starlette:
    """Make the API of an emulator."""
    app = Starlette(
        routes=[
            # The id of a task may hold slashes, which arrive decoded.
            Route("/api/v1/tasks/{task:path}/trigger", trigger, methods=["POST"]),
            Route("/api/v3/runs/{run}", retrieve),
            Route("/api/v1/runs", list_runs),
            Route("/api/v2/runs/{run}/cancel", cancel, methods=["POST"]),
            Route("/api/v1/auth/jwt/claims", claims, methods=["POST"]),
        ],
        middleware=[
            Middleware(RateLimit, capacity=server.rate_limit, now=server.now),
        ],
        exception_handlers=EXCEPTION_HANDLERS,
    )
    app.state.server = server
    return app
