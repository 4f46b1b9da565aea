"""Every proof over HTTP and over a websocket, against a whole server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.responses import Response

from jobwire.app.http import create_app
from jobwire.app.jobwire import Jobwire
from jobwire.app.listening import address_of, listen
from jobwire.app.settings import Settings
from jobwire.app.verify import MAX_LENGTH
from jobwire.jobs import api_keys
from jobwire.jobs.api_keys import CreatedKey
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.viewer import Scope
from jobwire.models.database import Database
from tests.app.authentication.asking import SECRET, token_of
from tests.app.authentication.attacks import Forger
from tests.app.authentication.provider import Provider, jwk
from tests.factories import insert_job
from tests.gql.client import Socket

VIEWER = "{ viewer { userId scopes } }"
JOBS = "{ jobs { nodes { tag } } }"
SCHEDULE = """mutation { scheduleJob(input: {type: "no-op", tag: "t"}) {
  job { id } errors { code } } }"""


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[str]:
    """Serve an application on loopback; gives host and port."""
    listener = listen("127.0.0.1", 0)
    config = uvicorn.Config(
        app, log_config=None, lifespan="off", ws="websockets-sansio"
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listener]))
    async with asyncio.timeout(20):
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
    try:
        yield address_of(listener)
    finally:
        server.should_exit = True
        await serving


@pytest.fixture
def clock() -> SystemClock:
    """The server's own."""
    return SystemClock()


@pytest.fixture
def provider(clock: SystemClock) -> Provider:
    return Provider(clock, jwk("RSA"))


@pytest.fixture
async def created(database: Database, clock: SystemClock) -> CreatedKey:
    """A key for the jobs of `user-1`."""
    async with database.connection() as connection:
        return await api_keys.create(
            connection,
            name="shop",
            user_id="user-1",
            scopes=[Scope.JOBS_READ],
            now=clock.now(),
        )


@pytest.fixture
async def place(
    database: Database, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[str]:
    """Host and port of a server that takes every proof."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    async with served(provider.app) as login:
        settings = Settings(
            _env_file=None,
            database_url=str(database.url),
            jobs="",
            examples=True,
            auth_secret=SECRET,
            auth_jwks_url=f"http://{login}/keys",
        )
        async with (
            Jobwire(settings, worker=False) as jobwire,
            served(create_app(jobwire)) as place,
        ):
            yield place


async def post(place: str, token: str, query: str = VIEWER) -> httpx.Response:
    async with httpx.AsyncClient(base_url=f"http://{place}") as http:
        return await http.post(
            "/graphql",
            json={"query": query},
            headers={"Authorization": f"Bearer {token}"},
        )


async def user_over_http(place: str, token: str) -> str:
    answer = await post(place, token)
    return answer.json()["data"]["viewer"]["userId"]


async def user_over_websocket(place: str, token: str) -> str:
    async with Socket(f"ws://{place}/graphql") as socket:
        await socket.initialise(token)
        await socket.subscribe(VIEWER)
        return (await socket.next("viewer"))["userId"]


async def test_every_proof_counts_on_every_transport(
    place: str, provider: Provider, created: CreatedKey, clock: SystemClock
) -> None:
    tokens = [
        created.secret,
        token_of(clock, "ben"),
        provider.token("RSA", "RS256", sub="cleo"),
    ]

    over_http = [await user_over_http(place, token) for token in tokens]
    over_websocket = [await user_over_websocket(place, token) for token in tokens]

    assert over_http == over_websocket == ["user-1", "ben", "cleo"]
    assert provider.asked == 1


async def test_no_forged_token_gets_in_and_each_is_told_so_in_short(
    place: str, clock: SystemClock, subtests: pytest.Subtests
) -> None:
    forger = Forger(clock.now())
    attacks = dict(forger.all())

    async with httpx.AsyncClient(base_url=f"http://{place}") as http:
        for name, token in attacks.items():
            with subtests.test(name):
                refused = await http.post(
                    "/graphql",
                    json={"query": VIEWER},
                    headers={"Authorization": f"Bearer {token}"},
                )

                assert refused.status_code == 401
                [error] = refused.json()["errors"]
                assert error["extensions"] == {"code": "UNAUTHENTICATED"}
                assert len(error["message"]) < 200
    assert len(attacks) > 100


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("\ud800", id="a lone surrogate"),
        pytest.param("jwk_\ud800", id="in a key"),
        pytest.param("x" * 60_000, id="very long"),
        pytest.param({"sub": "ann"}, id="an object"),
        pytest.param(["x"], id="a list"),
        pytest.param(7, id="a number"),
        pytest.param("", id="nothing"),
    ],
)
async def test_what_no_header_could_bring_opens_no_socket(
    place: str, token: object
) -> None:
    async with Socket(f"ws://{place}/graphql") as socket:
        await socket.send({"type": "connection_init", "payload": {"token": token}})

        assert await socket.closed() == (4403, "Forbidden")


async def test_what_a_forger_starts_from_is_taken(
    place: str, clock: SystemClock
) -> None:
    forger = Forger(clock.now())
    # Some providers name their keys so in each header: it counts for nothing.
    header = {"alg": "HS256", "jku": "http://127.0.0.1:1/keys", "kid": "/dev/null"}
    whole = forger.payload(f'"exp": {10**10}.0', without="exp")

    for token in (
        forger.signed(),
        forger.signed(header),
        forger.signed(payload=whole),
        forger.of_length(MAX_LENGTH),
    ):
        assert await user_over_http(place, token) == "ann"


async def test_with_the_provider_away_the_other_proofs_go_on(
    place: str, provider: Provider, created: CreatedKey, clock: SystemClock
) -> None:
    provider.answer = Response(status_code=503)

    refused = await post(place, provider.token("RSA", "RS256"))

    assert refused.status_code == 401
    [error] = refused.json()["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    assert "cannot be asked at the moment" in error["message"]
    assert await user_over_http(place, created.secret) == "user-1"
    assert await user_over_http(place, token_of(clock)) == "ann"


async def test_the_walls_and_scopes_of_a_key_hold(
    place: str, created: CreatedKey, database: Database, clock: SystemClock
) -> None:
    async with database.connection() as connection:
        for number in (1, 2):
            user = {"user_id": f"user-{number}", "tag": f"of user-{number}"}
            await insert_job(connection, now=clock.now(), **user)

    seen = await post(place, created.secret, JOBS)
    scheduled = await post(place, created.secret, SCHEDULE)

    assert seen.json()["data"]["jobs"]["nodes"] == [{"tag": "of user-1"}]
    assert scheduled.json()["data"]["scheduleJob"] == {
        "job": None,
        "errors": [{"code": "FORBIDDEN"}],
    }


async def test_a_key_is_refused_by_its_own_rate_limit_and_that_is_counted(
    place: str, database: Database, clock: SystemClock
) -> None:
    async with database.connection() as connection:
        limited = await api_keys.create(
            connection,
            name="shop",
            user_id="user-1",
            scopes=[Scope.JOBS_READ],
            now=clock.now(),
            operations_per_minute=1,
        )

    answers = [await post(place, limited.secret) for _ in range(2)]
    async with httpx.AsyncClient(base_url=f"http://{place}") as http:
        figures = (await http.get("/metrics")).text

    assert [answer.status_code for answer in answers] == [200, 429]
    [error] = answers[1].json()["errors"]
    assert error["extensions"]["code"] == "RATE_LIMITED"
    assert "One API key may start 1 operation a minute" in error["message"]
    counted = 'jobwire_rate_limited_total{kind="query",limit="api_key"} 1.0'
    assert counted in figures
    assert await user_over_http(place, token_of(clock, "user-1")) == "user-1"


async def revoke(database: Database, created: CreatedKey, clock: SystemClock) -> None:
    async with database.connection() as connection:
        await api_keys.revoke(connection, created.key.public_id, now=clock.now())


async def test_a_revoked_key_is_refused_over_http_with_the_reason(
    place: str, created: CreatedKey, database: Database, clock: SystemClock
) -> None:
    await revoke(database, created, clock)

    refused = await post(place, created.secret)

    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == "Bearer"
    assert refused.json()["errors"] == [
        {
            "message": "The API key was revoked. Send Authorization: Bearer <token>.",
            "extensions": {"code": "UNAUTHENTICATED"},
        }
    ]


async def test_a_revoked_key_opens_no_socket(
    place: str, created: CreatedKey, database: Database, clock: SystemClock
) -> None:
    await revoke(database, created, clock)

    async with Socket(f"ws://{place}/graphql") as socket:
        await socket.send(
            {"type": "connection_init", "payload": {"token": created.secret}}
        )

        assert await socket.closed() == (4403, "Forbidden")


async def test_a_key_that_is_revoked_starts_nothing_more_on_its_open_socket(
    place: str, created: CreatedKey, database: Database, clock: SystemClock
) -> None:
    async with Socket(f"ws://{place}/graphql") as socket:
        await socket.initialise(created.secret)
        await socket.subscribe(VIEWER)
        await socket.next("viewer")
        await revoke(database, created, clock)

        await socket.completed()
        await socket.subscribe(VIEWER)

        assert await socket.closed() == (4403, "Forbidden: The API key was revoked.")
