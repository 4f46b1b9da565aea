"""The web application: GraphQL, the pages, health and metrics on one app."""

from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import HTTPConnection

from jobwire.app.authentication import HostAuthenticate, by_host, by_viewer_token
from jobwire.app.documents import document_policy
from jobwire.app.jobwire import Jobwire, NotOpenError, open_jobwire
from jobwire.app.posts_first import PostsFirst
from jobwire.app.settings import Settings, SettingsError
from jobwire.app.trace_requests import TraceRequests
from jobwire.app.webhook import PostedEvents
from jobwire.asgi.headers import raw_header
from jobwire.asgi.whole import DirectApplication, FindEndpoint
from jobwire.gql.transports import (
    Authenticate,
    Terms,
    graphql_endpoint,
    graphql_routes,
)
from jobwire.jobs.viewer import Viewer
from jobwire.web.attend import Attend, directly
from jobwire.web.board import board_routes
from jobwire.web.explorer import explorer_routes
from jobwire.web.headers import internal_error
from jobwire.web.health import health_routes
from jobwire.web.metrics import Metrics, metrics_route
from jobwire.web.pages import page_routes
from jobwire.web.trigger_webhook import trigger_webhook_route

_PREFLIGHT_SECONDS = 3600
#: What pages elsewhere may send: who asks, where a stream goes on, and what Apollo
#: Client says of itself when it was given a name and a version.
_ALLOWED_HEADERS = (
    "Authorization",
    "Content-Type",
    "Last-Event-ID",
    "X-Request-Id",
    "apollographql-client-name",
    "apollographql-client-version",
)
#: Where `./dev` puts GraphiQL in a checkout; an installed Jobwire has no such folder.
GRAPHIQL = Path(__file__).parents[2] / ".tools" / "graphiql"


def create_app(
    where: Settings | Jobwire, *, authenticate: HostAuthenticate | None = None
) -> Starlette:
    """Make the web application; alone, or mounted in a host's.

    Mounted, the host enters `async with Jobwire(settings)` in its own lifespan; the app
    finds it by the settings. Alone, its own lifespan opens one that also runs jobs.
    While none is open, requests are answered with 503.

    Args:
        where: A Jobwire, or the settings of one that will be open.
        authenticate: Finds out who asks, from the connection and, if it takes a second
            argument, the payload of a websocket's `connection_init`; async or not; it
            returns a `Viewer`, or None for nobody it knows. Viewer tokens that this
            Jobwire made with its `auth_secret` are taken before it is asked. By default
            `Jobwire.authenticate`: API keys, and tokens of `auth_secret` and of the
            identity provider whose keys are at `auth_jwks_url`.

    Raises:
        SettingsError: There is neither `authenticate` nor one of these two settings, or
            a manifest of trusted documents cannot be used.
    """
    place = _Place(where)
    events = PostedEvents(place.jobwire)
    settings = place.settings
    middleware = [Middleware(Attend, metrics=place.metrics)]
    if settings.tracing:
        middleware.append(Middleware(TraceRequests))
    if settings.allowed_origins:
        middleware.append(
            Middleware(
                CORSMiddleware,
                allow_origins=settings.allowed_origins,
                allow_methods=["GET", "POST"],
                allow_headers=_ALLOWED_HEADERS,
                expose_headers=["Retry-After", "X-Jobwire-Plan", "X-Request-Id"],
                max_age=_PREFLIGHT_SECONDS,
            )
        )
    graphql = graphql_routes(
        lambda: place.jobwire().engine,
        _authenticate(place, authenticate),
        allowed_origins=settings.allowed_origins,
        terms=Terms(
            connections=settings.connections_per_user,
            streams=settings.streams_per_user,
            idle=settings.idle_seconds,
            max_age=settings.max_age_seconds,
            deadline=settings.operation_seconds,
        ),
        policy=document_policy(settings),
        on_answer=place.count_answer,
    )
    webhook = trigger_webhook_route(events.admit, events.take_in)
    posts = [(graphql[0], graphql_endpoint(graphql[0])), (webhook, webhook.endpoint)]
    middleware.append(Middleware(PostsFirst, routes=[route for route, _ in posts]))
    return DirectApplication(
        _past_middleware(settings, directly(posts, place.metrics)),
        routes=[
            *explorer_routes(graphiql=GRAPHIQL),
            *graphql,
            webhook,
            *health_routes(place.missing, place.is_leaving),
            metrics_route(place.fresh_metrics),
            *board_routes(),
            *page_routes(),
        ],
        middleware=middleware,
        exception_handlers={Exception: internal_error},
        lifespan=place.lifespan,
    )


class _Place:
    """Where the app finds its Jobwire, at each request anew."""

    def __init__(self, where: Settings | Jobwire) -> None:
        self.settings = where if isinstance(where, Settings) else where.settings
        self._given = None if isinstance(where, Settings) else where
        #: The one found last: to look it up by all settings is dear.
        self._found: Jobwire | None = None

    def jobwire(self) -> Jobwire:
        """Return it, open or not.

        Raises:
            NotOpenError: None is open with these settings.
        """
        if self._given is not None:
            return self._given
        if self._found is None or not self._found.is_open:
            self._found = open_jobwire(self.settings)
        return self._found

    def authenticate(
        self, connection: HTTPConnection, params: Mapping[str, Any]
    ) -> Awaitable[Viewer | None]:
        return self.jobwire().authenticate(connection, params)

    async def missing(self) -> list[str]:
        try:
            return await self.jobwire().missing()
        except NotOpenError as error:
            return [str(error)]

    def is_leaving(self) -> bool:
        try:
            return self.jobwire().is_leaving
        except NotOpenError:
            return False

    def metrics(self) -> Metrics | None:
        try:
            return self.jobwire().metrics
        except NotOpenError:
            return None

    def count_answer(self, unplanned: str | None) -> None:
        if (metrics := self.metrics()) is not None:
            metrics.count_answer(unplanned)

    async def fresh_metrics(self) -> Metrics | None:
        try:
            return await self.jobwire().fresh_metrics()
        except NotOpenError:
            return None

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        try:
            self.jobwire().engine  # noqa: B018 - asks whether it is open
        except NotOpenError:
            async with self._given or Jobwire(self.settings):
                yield
        else:
            yield


def _past_middleware(settings: Settings, find: FindEndpoint) -> FindEndpoint:
    """Return what finds endpoints where the rest of the middleware has nothing to do.

    Args:
        settings: Which middleware there is.
        find: Finds them.
    """
    if settings.tracing:
        return lambda _: None
    if not settings.allowed_origins:
        return find
    return lambda scope: find(scope) if raw_header(scope, b"origin") is None else None


def _authenticate(place: _Place, given: HostAuthenticate | None) -> Authenticate:
    settings = place.settings
    if given is not None:
        ours = by_viewer_token(settings, lambda: place.jobwire().engine.clock)
        return by_host(given, first=ours)
    if settings.auth_secret is None and settings.auth_jwks_url is None:
        raise SettingsError(
            "Nobody could use the API: set JOBWIRE_AUTH_SECRET or"
            " JOBWIRE_AUTH_JWKS_URL, or pass create_app your own authenticate."
        )
    return place.authenticate
