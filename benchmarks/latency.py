"""From `scheduleJob` to SUCCEEDED at a live subscriber, over HTTP and a websocket."""

import asyncio
import json
import statistics
import time

import httpx
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from benchmarks.dev_process import dev_process

WARM_UP = 20
MEASURED = 200
TARGET_MS = 40

SCHEDULE = """mutation {
  scheduleJob(input: {type: "no-op", tag: "bench"}) { job { id } errors { message } }
}"""
WATCH = """subscription { jobListUpdates(filter: {tags: ["bench"]}) {
  ... on JobChange { event { jobId toStatus } } } }"""


async def measure(url: str) -> list[float]:
    """Return the milliseconds of each round, one job at a time."""
    took: list[float] = []
    live = connect(
        url.replace("http", "ws") + "/graphql",
        subprotocols=[Subprotocol("graphql-transport-ws")],
    )
    async with httpx.AsyncClient() as client, live as socket:
        await socket.send(json.dumps({"type": "connection_init"}))
        await socket.recv()
        subscribe = {"id": "1", "type": "subscribe", "payload": {"query": WATCH}}
        await socket.send(json.dumps(subscribe))
        await socket.recv()
        for _ in range(WARM_UP + MEASURED):
            began = time.perf_counter()
            answer = await client.post(url + "/graphql", json={"query": SCHEDULE})
            job = answer.json()["data"]["scheduleJob"]["job"]["id"]
            while True:
                change = json.loads(await socket.recv())["payload"]["data"]
                event = change["jobListUpdates"].get("event")
                if event == {"jobId": job, "toStatus": "SUCCEEDED"}:
                    break
            took.append((time.perf_counter() - began) * 1000)
    return took[WARM_UP:]


def main() -> None:
    """Print p50 and p99."""
    with dev_process() as (url, _):
        took = asyncio.run(measure(url))
    p50 = statistics.median(took)
    p99 = statistics.quantiles(took, n=100)[98]
    print(
        f"scheduleJob → SUCCEEDED at a subscriber: p50 {p50:.1f} ms, p99 {p99:.1f} ms"
    )
    print(f"  target p50 ≤ {TARGET_MS} ms: {p50 / TARGET_MS:.2f} of it")


if __name__ == "__main__":
    main()
