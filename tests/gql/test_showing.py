"""Who shares one execution, and who never does."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any, Self

import pytest
from graphql import Executor

from jobwire.gql import showing
from jobwire.gql.documents import prepare
from jobwire.gql.documents.plans import Plan
from jobwire.gql.proof import LOOK_AFTER
from jobwire.gql.result import Result
from jobwire.jobs import api_keys
from jobwire.jobs.engine import Engine
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.viewer import Scope, Viewer
from tests.gql.callers import CALLERS
from tests.gql.client import Socket
from tests.gql.steps import Steps
from tests.gql.types import MakeJob, OpenSocket

FIELD = "jobUpdates"
WATCH = """subscription ($id: ID!, $after: EventCursor, $withTag: Boolean = false) {
  jobUpdates(id: $id, after: $after) {
    __typename
    ... on JobChange {
      cursor
      event { kind }
      job { tag @include(if: $withTag) failure { message stack } }
    }
    ... on StreamCaughtUp { cursor }
  }
}"""


class Executions:
    """How often a subscription was executed."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(
        self, plan: Plan, executor: Executor[Any], root: object
    ) -> Result:
        self.count += 1
        return await self._answer(plan, executor, root)

    _answer: Callable[..., Awaitable[Result]] = staticmethod(showing.answer_event)


@pytest.fixture
def executions(monkeypatch: pytest.MonkeyPatch) -> Executions:
    counted = Executions()
    monkeypatch.setattr(showing, "answer_event", counted)
    return counted


class Watchers:
    """Sockets that watch the same job."""

    def __init__(self, open_socket: OpenSocket, job_id: str) -> None:
        self._open = open_socket
        self._job_id = job_id
        self._stack = AsyncExitStack()
        self._sockets: list[Socket] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def add(
        self, caller: str = "alice", *, query: str = WATCH, **variables: Any
    ) -> str:
        """Add one that has caught up, and return its cursor."""
        socket = await self._stack.enter_async_context(self._open())
        await socket.initialise(caller)
        name = f"watcher {len(self._sockets)}"
        await socket.subscribe(query, operation=name, id=self._job_id, **variables)
        message: dict[str, Any] = {}
        while message.get("__typename") != "StreamCaughtUp":
            message = await socket.next(FIELD, operation=name)
        self._sockets.append(socket)
        return message["cursor"]

    async def next(self) -> list[dict[str, Any]]:
        """Return the next message of each."""
        return [
            await socket.next(FIELD, operation=f"watcher {number}")
            for number, socket in enumerate(self._sockets)
        ]


@pytest.fixture
async def job_id(make_job: MakeJob) -> str:
    return job_id_text((await make_job(user_id="user-1")).id)


async def test_those_who_watch_alike_share_one_execution_under_their_own_ids(
    open_socket: OpenSocket, job_id: str, steps: Steps, executions: Executions
) -> None:
    async with Watchers(open_socket, job_id) as watchers:
        for _ in range(3):
            await watchers.add()
        executions.count = 0
        await steps.start()
        told = await watchers.next()

    assert executions.count == 1
    assert told[0]["event"] == {"kind": "STARTED"}
    assert told[1:] == [told[0]] * 2


async def test_where_they_began_does_not_matter(
    open_socket: OpenSocket, job_id: str, steps: Steps, executions: Executions
) -> None:
    async with Watchers(open_socket, job_id) as watchers:
        cursor = await watchers.add()
        await watchers.add(after=cursor)
        executions.count = 0
        await steps.start()
        told = await watchers.next()

    assert executions.count == 1
    assert told[0] == told[1]


async def test_variables_that_shape_the_answer_part_them(
    open_socket: OpenSocket, job_id: str, steps: Steps, executions: Executions
) -> None:
    async with Watchers(open_socket, job_id) as watchers:
        await watchers.add(withTag=False)
        await watchers.add(withTag=True)
        executions.count = 0
        await steps.start()
        without, with_tag = await watchers.next()

    assert executions.count == 2
    assert "tag" not in without["job"]
    assert with_tag["job"]["tag"]


async def test_what_only_some_may_see_parts_them(
    open_socket: OpenSocket, job_id: str, steps: Steps, executions: Executions
) -> None:
    async with Watchers(open_socket, job_id) as watchers:
        for caller in ("alice", "admin", "reader", "alice", "admin"):
            await watchers.add(caller)
        claimed = await steps.start()
        await watchers.next()
        executions.count = 0
        await steps.fail(claimed)
        told = await watchers.next()

    # Those of one user with other scopes could be shown other fields.
    assert executions.count == 3
    stacks = [one["job"]["failure"]["stack"] for one in told]
    assert stacks == [None, "line 1", None, None, "line 1"]


async def test_other_documents_are_executed_by_themselves(
    open_socket: OpenSocket, job_id: str, steps: Steps, executions: Executions
) -> None:
    async with Watchers(open_socket, job_id) as watchers:
        await watchers.add()
        await watchers.add(query=WATCH.replace("event { kind }", "event { actor }"))
        executions.count = 0
        await steps.start()
        told = await watchers.next()

    assert executions.count == 2
    assert [list(one["event"]) for one in told] == [["kind"], ["actor"]]


async def test_each_key_is_looked_at_and_only_its_own_streams_end_with_it(
    engine: Engine,
    open_socket: OpenSocket,
    job_id: str,
    steps: Steps,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = engine.clock.now()
    keys = {}
    async with engine.database.connection() as connection:
        for name in ("revoked", "valid"):
            created = await api_keys.create(
                connection,
                name=name,
                user_id="user-1",
                scopes=[Scope.JOBS_READ],
                now=now,
            )
            keys[name] = created.key.viewer(now)
            monkeypatch.setitem(CALLERS, name, keys[name])
    async with AsyncExitStack() as stack:
        sockets = {}
        for name in keys:
            socket = sockets[name] = await stack.enter_async_context(open_socket())
            await socket.initialise(name)
            await socket.subscribe(WATCH, id=job_id)
            await socket.until("StreamCaughtUp", FIELD)
        await _revoke(engine, keys["revoked"])
        await steps.start()

        assert (await sockets["valid"].next(FIELD))["event"] == {"kind": "STARTED"}
        assert await sockets["revoked"].refused() == "UNAUTHENTICATED"


async def _revoke(engine: Engine, viewer: Viewer) -> None:
    assert viewer.api_key_id is not None
    clock: Any = engine.clock
    async with engine.database.connection() as connection:
        await api_keys.revoke(
            connection, api_keys.public_id(viewer.api_key_id), now=clock.now()
        )
    clock.advance(LOOK_AFTER)


@pytest.mark.parametrize(
    ("query", "shaping"),
    [
        ("subscription ($i: ID!) { jobUpdates(id: $i) { __typename } }", set()),
        (
            """subscription ($i: ID!, $yes: Boolean!) {
              jobUpdates(id: $i) { __typename @include(if: $yes) } }""",
            {"yes"},
        ),
        (
            """subscription ($i: ID!, $n: Int) { jobUpdates(id: $i) {
              ... on JobSnapshot { job { events(first: $n) { nodes { id } } } } } }""",
            {"n"},
        ),
        (
            """subscription ($i: ID!, $n: Int) { jobUpdates(id: $i) { ...F } }
            fragment F on JobSnapshot { job { events(first: $n) { nodes { id } } } }""",
            {"n"},
        ),
        (
            """subscription ($i: ID!) { ...S }
            fragment S on Subscription { jobUpdates(id: $i) { __typename } }""",
            {"i"},
        ),
    ],
    ids=["argument", "directive", "field", "fragment", "root in a fragment"],
)
def test_which_variables_shape_the_answer(query: str, shaping: set[str]) -> None:
    assert prepare(query).shaping[None] == shaping
