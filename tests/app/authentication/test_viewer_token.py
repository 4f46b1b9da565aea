"""Viewer tokens from their making to their end, also beside a host's own proofs."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
import pytest
from starlette.applications import Starlette
from starlette.requests import HTTPConnection

from jobwire import (
    InvalidInputError,
    Jobwire,
    NotConfiguredError,
    NotFoundError,
    Scope,
    Settings,
    Viewer,
    create_app,
    create_viewer_token,
)
from jobwire.app.authentication.viewer_token import KIND
from jobwire.app.tokens import mint_token
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.identifiers import job_id_text
from jobwire.models.database import Database
from tests.app.authentication.asking import SECRET
from tests.factories import insert_job

VIEWER = "{ viewer { userId scopes jobId } }"
JOBS = "{ jobs { nodes { tag } } }"
MINT = """mutation ($input: CreateViewerTokenInput!) {
  createViewerToken(input: $input) { token expiresAt errors { message } }
}"""
MINUTE = timedelta(minutes=1)
READER = {"userId": "ann", "scopes": ["JOBS_READ"], "jobId": None}


@pytest.fixture
def clock() -> SystemClock:
    """The server's own."""
    return SystemClock()


def settings_of(database: Database, **given: Any) -> Settings:
    own = {"database_url": str(database.url), "jobs": "", "auth_secret": SECRET}
    return Settings(_env_file=None, **{**own, **given})


@pytest.fixture
async def jobwire(database: Database) -> AsyncIterator[Jobwire]:
    async with Jobwire(settings_of(database), worker=False) as jobwire:
        yield jobwire


class Host:
    """An application whose users are known by names of its own."""

    def __init__(self) -> None:
        self.asked: list[tuple[str | None, dict[str, Any]]] = []

    def __call__(
        self, connection: HTTPConnection, params: Mapping[str, Any]
    ) -> Viewer | None:
        sent = connection.headers.get("authorization")
        self.asked.append((sent, dict(params)))
        known = sent == "Bearer theirs"
        return Viewer("host", frozenset({Scope.ADMIN})) if known else None


async def post(
    app: Starlette, token: str, query: str = VIEWER, **variables: Any
) -> httpx.Response:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        return await http.post(
            "/graphql",
            json={"query": query, "variables": variables},
            headers={"Authorization": f"Bearer {token}"},
        )


async def data(app: Starlette, token: str, query: str, **variables: Any) -> Any:
    return (await post(app, token, query, **variables)).json()["data"]


def signed(clock: SystemClock, **given: Any) -> str:
    """A token of the secret."""
    terms = {"user_id": "ann", "scopes": [Scope.JOBS_READ], "lifetime": MINUTE}
    return mint_token(SECRET, now=clock.now(), **{**terms, **given})


async def test_a_token_from_the_mutation_reads_one_user_s_jobs(
    jobwire: Jobwire, clock: SystemClock, database: Database
) -> None:
    app = create_app(jobwire)
    async with database.connection() as connection:
        for user in ("ann", "ben"):
            await insert_job(connection, now=clock.now(), user_id=user, tag=user)
    admin = signed(clock, scopes=[Scope.ADMIN])

    minted = await data(app, admin, MINT, input={"userId": "ann", "ttl": "PT1M"})
    token = minted["createViewerToken"]["token"]

    assert minted["createViewerToken"]["errors"] == []
    assert await data(app, token, VIEWER) == {"viewer": READER}
    assert await data(app, token, JOBS) == {"jobs": {"nodes": [{"tag": "ann"}]}}
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": KIND}


async def test_a_token_of_one_job_is_made_in_python_and_reads_it_alone(
    jobwire: Jobwire, clock: SystemClock, database: Database
) -> None:
    async with database.connection() as connection:
        jobs = [
            await insert_job(connection, now=clock.now(), user_id="ann", tag=tag)
            for tag in ("the one", "another")
        ]

    created = await create_viewer_token(jobwire, job_id=jobs[0].id, ttl=MINUTE)

    assert created.expires_at.microsecond == 0
    assert created.token not in repr(created)
    seen = await data(create_app(jobwire), created.token, JOBS)
    assert seen == {"jobs": {"nodes": [{"tag": "the one"}]}}


async def test_in_python_it_is_refused_as_in_the_api(jobwire: Jobwire) -> None:
    with pytest.raises(InvalidInputError, match="exactly one of userId and jobId"):
        await create_viewer_token(jobwire, ttl=MINUTE)
    with pytest.raises(NotFoundError):
        await create_viewer_token(jobwire, job_id=uuid4(), ttl=MINUTE)


async def test_without_a_secret_none_can_be_made(database: Database) -> None:
    settings = settings_of(database, auth_secret=None)
    async with Jobwire(settings, worker=False) as jobwire:
        with pytest.raises(NotConfiguredError, match="JOBWIRE_AUTH_SECRET"):
            await create_viewer_token(jobwire, user_id=0, ttl=MINUTE)


@asynccontextmanager
async def hosted(jobwire: Jobwire) -> AsyncIterator[tuple[Starlette, Host]]:
    host = Host()
    yield create_app(jobwire, authenticate=host), host


async def test_a_host_is_not_asked_about_a_token_that_we_made(
    jobwire: Jobwire,
) -> None:
    created = await create_viewer_token(jobwire, user_id="ann", ttl=MINUTE)
    async with hosted(jobwire) as (app, host):
        assert await data(app, created.token, VIEWER) == {"viewer": READER}
        assert host.asked == []


async def test_every_other_token_goes_to_the_host_as_it_came(
    jobwire: Jobwire, clock: SystemClock
) -> None:
    others = ["theirs", signed(clock), "x" * 20_000, "a.b.c", ""]
    async with hosted(jobwire) as (app, host):
        statuses = [(await post(app, token)).status_code for token in others]

    assert statuses == [200, 401, 401, 401, 401]
    assert host.asked == [(f"Bearer {token}", {}) for token in others]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        pytest.param({"lifetime": -MINUTE}, "expired", id="over"),
        pytest.param({"audience": "elsewhere"}, "for this server", id="elsewhere"),
        pytest.param({"user_id": ""}, "names no user", id="nobody"),
    ],
)
async def test_one_that_does_not_hold_is_refused_without_the_host(
    jobwire: Jobwire, clock: SystemClock, given: dict[str, Any], reason: str
) -> None:
    async with hosted(jobwire) as (app, host):
        refused = await post(app, signed(clock, kind=KIND, **given))

    assert refused.status_code == 401
    assert reason in refused.json()["errors"][0]["message"]
    assert host.asked == []


async def test_beside_a_host_one_reads_whatever_it_names(
    jobwire: Jobwire, clock: SystemClock
) -> None:
    async with hosted(jobwire) as (app, _):
        token = signed(clock, kind=KIND, scopes=Scope)
        writer = signed(clock, kind=KIND, scopes=[Scope.JOBS_WRITE])

        assert await data(app, token, VIEWER) == {"viewer": READER}
        assert (await data(app, writer, VIEWER))["viewer"]["scopes"] == []


@pytest.mark.parametrize("kind", ["JWT", KIND])
async def test_any_token_of_the_secret_can_be_bound_to_a_job(
    jobwire: Jobwire, clock: SystemClock, kind: str
) -> None:
    token = signed(clock, scopes=Scope, job_id=UUID(int=7), kind=kind)

    seen = await data(create_app(jobwire), token, VIEWER)

    assert seen == {"viewer": {**READER, "jobId": job_id_text(UUID(int=7))}}


async def test_they_carry_the_issuer_and_audience_of_the_settings(
    database: Database, clock: SystemClock
) -> None:
    settings = settings_of(database, auth_issuer="shop", auth_audience="jobs")
    async with AsyncExitStack() as stack:
        jobwire = await stack.enter_async_context(Jobwire(settings, worker=False))
        created = await create_viewer_token(jobwire, user_id="ann", ttl=MINUTE)
        app, host = await stack.enter_async_context(hosted(jobwire))
        for one in (create_app(jobwire), app):
            assert await data(one, created.token, VIEWER) == {"viewer": READER}
        for given in (
            {},
            {"issuer": "shop"},
            {"audience": "jobs"},
            {"issuer": "shop", "audience": "else"},
        ):
            other = signed(clock, **given)
            assert (await post(create_app(jobwire), other)).status_code == 401
        both = signed(clock, issuer="shop", audience="jobs")
        assert await data(create_app(jobwire), both, VIEWER) == {"viewer": READER}
        assert host.asked == []
