"""The web application of a process without an API: health and metrics alone."""

from starlette.applications import Starlette
from starlette.middleware import Middleware

from jobwire.app.jobwire import Jobwire
from jobwire.web.attend import Attend
from jobwire.web.health import health_routes
from jobwire.web.metrics import metrics_route


def probes_app(jobwire: Jobwire) -> Starlette:
    """Make the application that answers `/livez`, `/readyz` and `/metrics`."""
    return Starlette(
        routes=[
            *health_routes(jobwire.missing, lambda: jobwire.is_leaving),
            metrics_route(jobwire.fresh_metrics),
        ],
        middleware=[Middleware(Attend, metrics=lambda: None)],
    )
