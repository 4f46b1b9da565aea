"""The HTTP face of the emulator: the routes of Trigger.dev's management API."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from jobwire.emulator.api import (
    batches,
    bulk_actions,
    minting,
    object_store,
    packets,
    queues,
    schedules,
    traces,
    waitpoints,
)
from jobwire.emulator.api.alert_channels import create_alert_channel
from jobwire.emulator.api.cancel import cancel
from jobwire.emulator.api.claims import claims
from jobwire.emulator.api.env_vars import list_or_create, retrieve_or_change, whoami
from jobwire.emulator.api.idempotency import reset_key
from jobwire.emulator.api.list_runs import list_runs
from jobwire.emulator.api.metadata import put_metadata, read_metadata
from jobwire.emulator.api.project_runs import list_project_runs
from jobwire.emulator.api.rate_limit import RateLimit
from jobwire.emulator.api.realtime import follow_batch, follow_run, follow_runs
from jobwire.emulator.api.replay import replay
from jobwire.emulator.api.reschedule import reschedule
from jobwire.emulator.api.responses import EXCEPTION_HANDLERS
from jobwire.emulator.api.result import result
from jobwire.emulator.api.retrieve import retrieve
from jobwire.emulator.api.server import ApiServer
from jobwire.emulator.api.tags import add_tags
from jobwire.emulator.api.trigger import trigger

_ENV_VARS = "/api/v1/projects/{project}/envvars/{slug}"


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
            Route("/api/v3/batches", batches.create, methods=["POST"]),
            Route("/api/v3/batches/{batch}/items", batches.add_items, methods=["POST"]),
            Route("/api/v2/tasks/batch", batches.trigger_v2, methods=["POST"]),
            Route("/api/v1/tasks/batch", batches.trigger_v1, methods=["POST"]),
            Route("/api/v2/batches/{batch}", batches.retrieve),
            Route("/api/v1/batches/{batch}", batches.retrieve_first),
            Route("/api/v1/batches/{batch}/results", batches.results),
            Route("/api/v2/packets/{name:path}", packets.upload_url, methods=["PUT"]),
            Route("/api/v1/packets/{name:path}", packets.download_url),
            Route("/objects/{path:path}", object_store.get_object),
            Route("/objects/{path:path}", object_store.put_object, methods=["PUT"]),
            Route("/api/v1/runs/{run}/replay", replay, methods=["POST"]),
            Route("/api/v1/runs/{run}/reschedule", reschedule, methods=["POST"]),
            Route("/api/v1/runs/{run}/metadata", read_metadata),
            Route("/api/v1/runs/{run}/metadata", put_metadata, methods=["PUT"]),
            Route("/api/v1/runs/{run}/tags", add_tags, methods=["POST"]),
            Route("/api/v1/runs/{run}/events", traces.events),
            Route("/api/v1/runs/{run}/trace", traces.trace),
            Route("/api/v1/runs/{run}/spans/{span}", traces.span),
            Route("/api/v1/runs/{run}/result", result),
            Route("/api/v1/projects/{project}/runs", list_project_runs),
            Route("/api/v1/idempotencyKeys/{key}/reset", reset_key, methods=["POST"]),
            Route("/api/v1/schedules", schedules.create, methods=["POST"]),
            Route("/api/v1/schedules", schedules.list_schedules),
            Route("/api/v1/schedules/{schedule}", schedules.retrieve),
            Route("/api/v1/schedules/{schedule}", schedules.change, methods=["PUT"]),
            Route("/api/v1/schedules/{schedule}", schedules.delete, methods=["DELETE"]),
            Route(
                "/api/v1/schedules/{schedule}/activate",
                schedules.activate,
                methods=["POST"],
            ),
            Route(
                "/api/v1/schedules/{schedule}/deactivate",
                schedules.deactivate,
                methods=["POST"],
            ),
            Route("/api/v1/timezones", schedules.list_time_zones),
            *minting.ROUTES,
            *queues.ROUTES,
            *waitpoints.ROUTES,
            Route("/api/v1/bulk-actions", bulk_actions.create, methods=["POST"]),
            Route("/api/v1/bulk-actions", bulk_actions.list_actions),
            Route("/api/v1/bulk-actions/{action}", bulk_actions.retrieve),
            Route(
                "/api/v1/bulk-actions/{action}/abort",
                bulk_actions.abort,
                methods=["POST"],
            ),
            Route(
                "/api/v1/projects/{project}/alertChannels",
                create_alert_channel,
                methods=["POST"],
            ),
            Route("/realtime/v1/runs/{run}", follow_run),
            Route("/realtime/v1/runs", follow_runs),
            Route("/realtime/v1/batches/{batch}", follow_batch),
            Route(_ENV_VARS, list_or_create, methods=["GET", "POST"]),
            Route(
                f"{_ENV_VARS}/{{name}}",
                retrieve_or_change,
                methods=["GET", "POST", "PUT", "DELETE"],
            ),
            Route("/api/v2/whoami", whoami),
        ],
        middleware=[
            Middleware(RateLimit, capacity=server.rate_limit, now=server.now),
        ],
        exception_handlers=EXCEPTION_HANDLERS,
    )
    app.state.server = server
    return app
