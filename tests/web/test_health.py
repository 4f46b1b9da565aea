import httpx
from starlette.applications import Starlette

from jobwire.web.health import health_routes


def client(*missing: str, leaving: bool = False) -> httpx.AsyncClient:
    async def found() -> list[str]:
        return list(missing)

    app = Starlette(routes=health_routes(found, lambda: leaving))
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://health"
    )


async def test_a_process_is_alive_whatever_is_missing() -> None:
    async with client("everything") as http:
        answer = await http.get("/livez")

    assert answer.status_code == 200
    assert answer.json() == {"alive": True, "leaving": False}


async def test_a_process_that_is_about_to_end_has_proxies_pass_it_over() -> None:
    async with client(leaving=True) as http:
        answer = await http.get("/livez")

    assert answer.status_code == 503
    assert answer.json() == {"alive": True, "leaving": True}


async def test_a_process_is_ready_when_nothing_is_missing() -> None:
    async with client() as http:
        answer = await http.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "missing": []}


async def test_a_process_that_is_not_ready_says_what_is_missing() -> None:
    async with client("the database", "a worker") as http:
        answer = await http.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "missing": ["the database", "a worker"]}
    assert answer.headers["cache-control"] == "no-store"
