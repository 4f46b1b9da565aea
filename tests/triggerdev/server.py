"""A Trigger.dev that answers as a real one of version 4.5.12 did."""

import json
from collections import deque
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

KEY = "tr_dev_4f9sKq2LmXw7"
ENVIRONMENT = "cmwto4r8h00059d7d6dmyhtvn"
RESET_MS = 1_795_463_102_622


@dataclass(frozen=True)
class Received:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class FakeTriggerDev:
    """One environment; what `answers` holds is answered first, in its order."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.runs: dict[str, dict[str, Any]] = {}
        self.answers: deque[Response] = deque()
        self.objects: dict[str, Response] = {}
        self._routes = Starlette(
            routes=[
                Route("/api/v1/auth/jwt/claims", self._claims, methods=["POST"]),
                Route(
                    "/api/v1/tasks/{id:path}/trigger", self._trigger, methods=["POST"]
                ),
                Route("/api/v3/runs/{id}", self._retrieve),
                Route("/api/v2/runs/{id}/cancel", self._cancel, methods=["POST"]),
                Route("/api/v1/runs", self._list),
                Route("/objects/{name}", self._object),
            ]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        self.received.append(
            Received(
                request.method,
                scope["raw_path"].decode(),
                dict(request.query_params),
                dict(request.headers),
                await request.body(),
            )
        )
        answer: Any = self.answers.popleft() if self.answers else self._routes
        await answer(scope, request.receive, send)

    def transport(self) -> httpx.ASGITransport:
        return httpx.ASGITransport(app=self)

    def add_run(self, id: str = "run_1", **fields: Any) -> dict[str, Any]:
        """Have a run; what is given replaces what a run has by default."""
        run = {
            "id": id,
            "taskIdentifier": "hello",
            "status": "EXECUTING",
            "createdAt": "2026-01-02T03:04:05.678Z",
            "updatedAt": "2026-01-02T03:04:06.000Z",
            "costInCents": 0,
            "isTest": False,
            "depth": 0,
            "tags": [],
            "isCompleted": False,
            "triggerFunction": "trigger",
            "attemptCount": 1,
            "attempts": [],
            "relatedRuns": {"children": []},
            **fields,
        }
        self.runs[id] = run
        return run

    async def _claims(self, _: Request) -> Response:
        return JSONResponse({"sub": ENVIRONMENT, "pub": True})

    async def _trigger(self, request: Request) -> Response:
        run = self.add_run(
            f"run_{len(self.runs) + 1}",
            taskIdentifier=request.path_params["id"],
            status="QUEUED",
        )
        return limited({"id": run["id"], "isCached": False})

    async def _retrieve(self, request: Request) -> Response:
        run = self.runs.get(request.path_params["id"])
        return not_found_yet() if run is None else limited(run)

    async def _cancel(self, request: Request) -> Response:
        run = self.runs.get(request.path_params["id"])
        if run is None:
            return limited({"error": "Resource not found"}, 404)
        run["status"] = "CANCELED"
        return limited({"id": run["id"]})

    async def _list(self, request: Request) -> Response:
        query = request.query_params
        tags = set(filter(None, query.get("filter[tag]", "").split(",")))
        found = [run for run in self.runs.values() if not tags or tags & {*run["tags"]}]
        start = int(query.get("page[after]", "0"))
        end = start + int(query["page[size]"])
        pagination = {"next": str(end)} if end < len(found) else {}
        return limited({"data": found[start:end], "pagination": pagination})

    async def _object(self, request: Request) -> Response:
        return self.objects[request.path_params["name"]]


def limited(body: Any, status: int = 200, **headers: str) -> Response:
    """An answer with the headers that every answer under the rate limit has."""
    told = {
        "x-ratelimit-limit": "750",
        "x-ratelimit-remaining": "749",
        "x-ratelimit-reset": str(RESET_MS),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return JSONResponse(body, status, headers=told)


def not_found_yet() -> Response:
    return limited({"error": "Not found"}, 404, x_should_retry="true")


def too_many_requests(reset_ms: int) -> Response:
    words = "Rate limit exceeded 0/750 requests remaining. Retry in 3 seconds."
    problem = {
        "title": "Rate Limit Exceeded",
        "status": 429,
        "detail": words,
        "reset": reset_ms,
        "error": words,
    }
    return JSONResponse(
        problem,
        429,
        headers={
            "x-ratelimit-limit": "750",
            "x-ratelimit-remaining": "0",
            "x-ratelimit-reset": str(reset_ms),
        },
        media_type="application/problem+json",
    )
