"""PGQueuer's client: `python enqueue.py URL ACTION COUNT CONNECTIONS`.

Prints the seconds that it took and the seconds of CPU that it used.
"""

import asyncio
import json
import sys
import time

import asyncpg
import uvloop
from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries

BATCH = 1000
PACE = 20


async def singly(queries: Queries, count: int) -> None:
    """Enqueue jobs in a transaction each."""
    for _ in range(count):
        await queries.enqueue("no-op", None)


async def batches(queries: Queries, count: int) -> None:
    """Enqueue jobs in a transaction for many."""
    for _ in range(count // BATCH):
        await queries.enqueue(["no-op"] * BATCH, [None] * BATCH, [0] * BATCH)


async def paced(queries: Queries, count: int) -> None:
    """Enqueue jobs that tell when they started, so many a second."""
    began = time.monotonic()
    for number in range(count):
        await asyncio.sleep(began + number / PACE - time.monotonic())
        payload = json.dumps({"at": time.time()}).encode()
        await queries.enqueue("stamp", payload)


async def main(url: str, action: str, count: int, connections: int) -> None:
    """Do it once to warm up, then measure it."""
    opened = [await asyncpg.connect(url) for _ in range(connections)]
    clients = [Queries(AsyncpgDriver(connection)) for connection in opened]
    if action == "install":
        await clients[0].install()
        return
    work = globals()[action]
    if action == "singly":
        await asyncio.gather(*(work(client, 20) for client in clients))
    began, used = time.perf_counter(), time.process_time()
    await asyncio.gather(*(work(client, count // connections) for client in clients))
    print(time.perf_counter() - began, time.process_time() - used)


if __name__ == "__main__":
    _, url, action, count, connections = sys.argv
    uvloop.run(main(url, action, int(count), int(connections)))
