"""Jobs on Trigger.dev: how fast they are handed over, and events taken in.

Both beside a figure of the same run: what a job costs that our own worker starts, and
what the same route costs when it only refuses.
"""

import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from benchmarks.dev_process import dev_process
from jobwire.triggerdev import sign_standard

WARM_UP = 20
MEASURED = 200
SECRET = "a secret of this benchmark"  # noqa: S105 - it guards nothing

SCHEDULE = """mutation ($type: String!, $data: JSON) {
  scheduleJob(input: {type: $type, tag: "bench", data: $data}) { job { id } } }"""
WATCH = """subscription { jobListUpdates(filter: {tags: ["bench"]}) {
  ... on JobChange { event { jobId toStatus } job { triggerRunId } } } }"""


async def until_started(
    http: httpx.AsyncClient, socket: ClientConnection, type: str, data: object
) -> str | None:
    """Schedule a job, wait until a subscriber hears that it runs; return its run."""
    variables = {"type": type, "data": data}
    answer = await http.post(
        "graphql", json={"query": SCHEDULE, "variables": variables}
    )
    job = answer.json()["data"]["scheduleJob"]["job"]["id"]
    while True:
        heard = json.loads(await socket.recv())
        if heard["type"] == "ping":
            await socket.send('{"type": "pong"}')
            continue
        message = heard["payload"]["data"]["jobListUpdates"]
        if message.get("event") == {"jobId": job, "toStatus": "RUNNING"}:
            run: str | None = message["job"]["triggerRunId"]
            return run


async def p50(rounds: int, once: Callable[[int], Awaitable[object]]) -> float:
    """Return the median of the milliseconds that a round takes."""
    took = []
    for number in range(WARM_UP + rounds):
        began = time.perf_counter()
        await once(number)
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took[WARM_UP:])


def progress_event(run: str, number: int) -> bytes:
    """Write what a hook posts when code has reported progress."""
    now = datetime.now(UTC).isoformat()
    event = {
        "id": f"bench-{number}",
        "type": "RUN_PROGRESS",
        "occurredAt": now,
        "run": {"id": run, "taskIdentifier": "process-large-dataset", "attempt": 1},
        "progress": {"fraction": number / (WARM_UP + MEASURED)},
    }
    return json.dumps(event).encode()


async def measure(url: str) -> None:
    """Print the figures."""
    live = connect(
        url.replace("http", "ws") + "/graphql",
        subprotocols=[Subprotocol("graphql-transport-ws")],
    )
    async with httpx.AsyncClient(base_url=url) as http, live as socket:
        await socket.send(json.dumps({"type": "connection_init"}))
        await socket.recv()
        subscribe = {"id": "1", "type": "subscribe", "payload": {"query": WATCH}}
        await socket.send(json.dumps(subscribe))
        await socket.recv()
        internal = await p50(50, lambda _: until_started(http, socket, "no-op", {}))
        trigger = await p50(50, lambda _: until_started(http, socket, "my-task", {}))
        print(
            f"scheduleJob → RUNNING at a subscriber, p50: INTERNAL {internal:.1f} ms,"
            f" TRIGGER {trigger:.1f} ms: {trigger / internal:.1f} times as long"
        )
        print("  100 ms of it the emulator's runs spend between queue and start")
        run = await until_started(
            http, socket, "process-large-dataset", {"seconds": 300}
        )

        async def post(number: int, *, signed: bool) -> None:
            body = progress_event(str(run), number)
            now = datetime.now(UTC)
            signature = sign_standard(SECRET, id=f"{number}", timestamp=now, body=body)
            headers = {
                "webhook-id": f"{number}",
                "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": signature if signed else "v1,AAAA",
            }
            answer = await http.post(
                "/api/trigger/webhook", content=body, headers=headers
            )
            if answer.status_code != (200 if signed else 401):
                raise RuntimeError(answer.text)

        refused = await p50(MEASURED, lambda number: post(number, signed=False))
        taken = await p50(MEASURED, lambda number: post(number, signed=True))
        print(
            f"webhook, p50: refused {refused:.1f} ms, folded in {taken:.1f} ms:"
            f" {taken / refused:.1f} times as long"
        )


def main() -> None:
    """Measure a `dev` with its emulator."""
    with dev_process(TRIGGER_WEBHOOK_SECRET=SECRET) as (url, _):
        asyncio.run(measure(url))


if __name__ == "__main__":
    main()
