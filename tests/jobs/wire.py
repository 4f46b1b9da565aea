"""A wire to Trigger.dev that fails on command, and remembers what went over it."""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

import httpx

_KINDS = (
    ("fetch", "GET", re.compile(r"/objects/.*")),
    ("trigger", "POST", re.compile(r"/api/v1/tasks/[^/]+/trigger")),
    ("list", "GET", re.compile(r"/api/v1/runs")),
    ("retrieve", "GET", re.compile(r"/api/v3/runs/[^/]+")),
    ("cancel", "POST", re.compile(r"/api/v2/runs/[^/]+/cancel")),
    ("environment", "POST", re.compile(r"/api/v1/auth/jwt/claims")),
    ("queue", "GET", re.compile(r"/api/v1/queues/[^/]+")),
    ("feed", "GET", re.compile(r"/realtime/v1/runs")),
    ("store", "GET", re.compile(r"/store/.*")),
    ("batch", "POST", re.compile(r"/api/v3/batches")),
    ("items", "POST", re.compile(r"/api/v3/batches/[^/]+/items")),
    ("standing", "GET", re.compile(r"/api/v2/batches/[^/]+")),
    *(
        ("schedules", method, re.compile(r"/api/v1/schedules(/.*)?"))
        for method in ("GET", "POST", "PUT", "DELETE")
    ),
)


class Fault(Enum):
    """What happens to requests instead of an answer."""

    #: It is carried out, and the answer is lost.
    ANSWER_LOST = auto()
    #: No connection comes about.
    REFUSED = auto()


@dataclass
class Gate:
    """Holds requests of one kind until it is opened."""

    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    def open(self) -> None:
        """Let them through, now and later."""
        self.opened.set()


@dataclass
class _Trouble:
    kind: str
    fault: Fault | httpx.Response
    is_carried_out: bool
    left: float
    only: Callable[[httpx.Request], bool]


class FaultyWire(httpx.AsyncBaseTransport):
    """Passes requests on to another transport, except as it is told.

    Attributes:
        sent: How many requests of each kind there were.
        bodies: What each trigger was sent with.
        hides_runs: Whether lists are empty.
        unknown: Runs that nobody knows, nor lists; None: no run is known.
        unlisted: Runs that lists leave out.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self._troubles: list[_Trouble] = []
        self._gates: dict[str, Gate] = {}
        self.sent: dict[str, int] = {}
        self.bodies: list[dict[str, Any]] = []
        self.hides_runs = False
        self.unknown: set[str] | None = set()
        self.unlisted: set[str] = set()

    def fail(
        self,
        kind: str,
        fault: Fault | int,
        *,
        words: str = "trouble",
        carried_out: bool = False,
        times: float = float("inf"),
        only: Callable[[httpx.Request], bool] = lambda _: True,
        headers: dict[str, str] | None = None,
    ) -> None:
        """Let requests of a kind fail.

        Args:
            kind: trigger, list, retrieve, cancel, environment, feed, store, batch,
                items, standing (of a batch) or schedules.
            fault: How, or the status of the answer.
            words: What the answer says.
            carried_out: Whether the request is carried out before that answer.
            times: How many requests.
            only: Which of them.
            headers: Those of the answer.
        """
        if isinstance(fault, int):
            fault = httpx.Response(fault, json={"error": words}, headers=headers)
        self._troubles.append(_Trouble(kind, fault, carried_out, times, only))

    def answer(self, kind: str, body: bytes, media_type: str, **more: str) -> None:
        """Answer 200 with a body, whatever is asked; `more` are headers."""
        headers = {"content-type": media_type, **more}
        answer = httpx.Response(200, content=body, headers=headers)
        self._troubles.append(
            _Trouble(
                kind,
                answer,
                is_carried_out=False,
                left=float("inf"),
                only=lambda _: True,
            )
        )

    def hold(self, kind: str) -> Gate:
        """Let requests of a kind wait until somebody opens the gate."""
        gate = self._gates[kind] = Gate()
        return gate

    def heal(self) -> None:
        """Forget every trouble."""
        self._troubles.clear()
        self._gates.clear()
        self.hides_runs = False
        self.unknown = set()
        self.unlisted = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, fail, or pass on."""
        kind = _kind_of(request)
        self.sent[kind] = self.sent.get(kind, 0) + 1
        if kind == "trigger":
            self.bodies.append(json.loads(request.content))
        if (gate := self._gates.get(kind)) is not None:
            gate.arrived.set()
            await gate.opened.wait()
        trouble = self._trouble(kind, request)
        if trouble is None:
            return await self._pass_on(kind, request)
        if trouble.fault is Fault.REFUSED:
            raise httpx.ConnectError("connection refused", request=request)
        if trouble.is_carried_out or trouble.fault is Fault.ANSWER_LOST:
            await (await self._inner.handle_async_request(request)).aread()
        if isinstance(trouble.fault, Fault):
            raise httpx.ReadError("the connection broke", request=request)
        given = trouble.fault
        return httpx.Response(
            given.status_code, content=given.content, headers=given.headers
        )

    def _trouble(self, kind: str, request: httpx.Request) -> _Trouble | None:
        for trouble in self._troubles:
            if trouble.kind == kind and trouble.left > 0 and trouble.only(request):
                trouble.left -= 1
                return trouble
        return None

    async def _pass_on(self, kind: str, request: httpx.Request) -> httpx.Response:
        if kind in {"retrieve", "cancel"} and (
            self.unknown is None or _run_of(request) in self.unknown
        ):
            return httpx.Response(
                404, json={"error": "Not found"}, headers={"x-should-retry": "true"}
            )
        if kind == "list" and (self.hides_runs or self.unknown is None):
            return httpx.Response(200, json={"data": [], "pagination": {}})
        answer = await self._inner.handle_async_request(request)
        hidden = self.unlisted | (self.unknown or set())
        if kind != "list" or not hidden:
            return answer
        page = json.loads(await answer.aread())
        if "data" in page:
            page["data"] = [run for run in page["data"] if run["id"] not in hidden]
        headers = {
            name: value
            for name, value in answer.headers.items()
            if name.startswith("x-")
        }
        return httpx.Response(answer.status_code, json=page, headers=headers)


def _kind_of(request: httpx.Request) -> str:
    for kind, method, path in _KINDS:
        if request.method == method and path.fullmatch(request.url.path):
            return kind
    raise AssertionError(f"{request.method} {request.url.path} is of no known kind")


def _run_of(request: httpx.Request) -> str:
    return request.url.path.split("/")[4]
