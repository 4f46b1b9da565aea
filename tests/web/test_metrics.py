import httpx
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from jobwire.web.attend import Attend
from jobwire.web.metrics import Metrics, metrics_route


def app_of(metrics: Metrics | None) -> Starlette:
    async def fresh() -> Metrics | None:
        return metrics

    async def graphql(_: Request) -> Response:
        return PlainTextResponse("answer", 401)

    return Starlette(
        routes=[
            Route("/graphql", graphql, methods=["POST"]),
            metrics_route(fresh),
        ],
        middleware=[Middleware(Attend, metrics=lambda: metrics)],
    )


def client(app: Starlette) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://metrics"
    )


def requests_in(text: str) -> dict[tuple[str, str, str], float]:
    return {
        tuple(sample.labels[name] for name in ("method", "route", "status")): (
            sample.value
        )
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "jobwire_http_requests_total"
    }


async def test_requests_are_counted_by_route_and_status() -> None:
    async with client(app_of(Metrics())) as http:
        await http.post("/graphql")
        await http.post("/graphql")
        await http.get("/wp-login.php")
        await http.request("BREW", "/teapot")
        text = (await http.get("/metrics")).text

    assert requests_in(text) == {
        ("POST", "/graphql", "401"): 2,
        ("GET", "other", "404"): 1,
        ("other", "other", "404"): 1,
    }


async def test_routes_are_the_same_under_a_mount() -> None:
    metrics = Metrics()
    async with client(Starlette(routes=[Mount("/jobs", app_of(metrics))])) as http:
        await http.post("/jobs/graphql")
        await http.get("/jobs/unknown")
        text = (await http.get("/jobs/metrics")).text

    assert requests_in(text) == {
        ("POST", "/graphql", "401"): 1,
        ("GET", "other", "404"): 1,
    }


async def test_the_process_itself_is_measured() -> None:
    async with client(app_of(Metrics())) as http:
        text = (await http.get("/metrics")).text

    assert "process_resident_memory_bytes" in text


async def test_two_in_one_process_do_not_share_figures() -> None:
    one, other = Metrics(), Metrics()
    one.jobs_rescued.inc()

    async with client(app_of(other)) as http:
        text = (await http.get("/metrics")).text

    assert "jobwire_jobs_rescued_total 0.0" in text


async def test_without_figures_it_is_unavailable() -> None:
    async with client(app_of(None)) as http:
        answer = await http.get("/metrics")

    assert answer.status_code == 503
