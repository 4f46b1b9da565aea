"""How each server is asked to make a job, and what it answers."""

from collections.abc import Callable
from itertools import count
from typing import Any

from benchmarks.load import documents
from benchmarks.load.documents import operation
from benchmarks.load.generator import Load
from benchmarks.load.rounds import Contestant
from benchmarks.load.servers import Peer
from benchmarks.processes import Serving
from jobwire.jobs import identifiers
from jobwire.jobs.clock import SystemClock

_TYPE, _DATA = "count-primes", {"limit": 1000}
#: What each request has of its own goes here.
_OWN = "~own~"


def jobwire_creator(serving: Serving) -> Contestant:
    """Ask Jobwire to schedule a job, which it tells of in an event."""
    job = {"type": _TYPE, "tag": _OWN, "data": _DATA}
    template = operation(documents.SCHEDULE, {"input": job}, serving.token)
    numbers = count(10_000_000)
    load = Load(
        serving.port,
        _filled(template, lambda: f"{next(numbers)}"),
        _begins(b'{"data":{"scheduleJob":{"job":{"id":"job_'),
    )
    return Contestant("Jobwire", serving.pid, load)


def postgraphile_creator(peer: Peer) -> Contestant:
    """Ask PostGraphile to insert the row that Jobwire would, without an event."""
    clock = SystemClock()
    now = clock.now().isoformat(timespec="milliseconds")
    row: dict[str, Any] = {
        "rowId": _OWN,
        "type": _TYPE,
        "tag": "10000000",
        "userId": "bench",
        "executor": "internal",
        "status": "QUEUED",
        "data": _DATA,
        "runAt": now,
        "nextAttemptAt": now,
        "createdAt": now,
        "updatedAt": now,
    }
    template = operation(documents.CREATE, {"input": {"workerJob": row}})
    load = Load(
        peer.port,
        _filled(template, lambda: str(identifiers.new_id(clock.now()))),
        _begins(b'{"data":{"createWorkerJob":{"workerJob":{"rowId":"'),
    )
    return Contestant("PostGraphile", peer.pid, load)


def _filled(template: bytes, own: Callable[[], str]) -> Callable[[], bytes]:
    """Return what fills a request in, with texts that are all equally long."""
    head, _, body = template.partition(b"\r\n\r\n")
    length = len(body) - len(_OWN) + len(own())
    head = head.replace(
        f"Content-Length: {len(body)}".encode(), f"Content-Length: {length}".encode()
    )
    before, after = (head + b"\r\n\r\n" + body).split(_OWN.encode())
    return lambda: before + own().encode() + after


def _begins(beginning: bytes) -> Callable[[bytes], bool]:
    def is_right(body: bytes) -> bool:
        return body.startswith(beginning) and (
            b'"errors"' not in body or b'"errors":[]' in body
        )

    return is_right
