"""How each server is asked for pages and for single jobs, and what it answers."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from benchmarks.load import documents
from benchmarks.load.documents import operation
from benchmarks.load.generator import answer, get
from benchmarks.load.servers import Peer
from benchmarks.processes import Serving
from jobwire.gql.pagination import job_cursors
from jobwire.jobs.identifiers import job_id_text, parse_job_id

PAGE = 50

#: A status, and the job of it that a page follows.
Place = tuple[str, UUID]


@dataclass(frozen=True, slots=True)
class Reader:
    """A server that is asked.

    Attributes:
        name: What it is called in the report.
        pid: Its process.
        port: Where it listens.
        page: Writes the request for the page after a place.
        job: Writes the request for a job.
        path: Where in the answer to `page` the connection is.
        names: The fields that are called otherwise than in our schema.
        mark: Comes once with each job.
    """

    name: str
    pid: int
    port: int
    page: Callable[[Place], bytes]
    job: Callable[[UUID], bytes]
    path: str
    names: dict[str, str]
    mark: bytes

    def is_page(self, body: bytes) -> bool:
        """Tell whether an answer holds a whole page and no errors."""
        return body.count(self.mark) == PAGE and b'"errors"' not in body

    def is_job(self, body: bytes) -> bool:
        """Tell whether an answer holds a job and no errors."""
        return body.count(self.mark) == 1 and b'"errors"' not in body

    async def read(self, place: Place) -> tuple[list[dict[str, Any]], bool]:
        """Return the jobs of a page, in the words of our schema, and `hasNextPage`."""
        body = await answer(self.port, self.page(place))
        connection = json.loads(body)["data"][self.path]
        nodes = [
            {
                name: _plain(name, node[self.names.get(name, name)])
                for name in documents.COMPARED
            }
            for node in connection["nodes"]
        ]
        return nodes, connection["pageInfo"]["hasNextPage"]


def jobwire_reader(serving: Serving) -> Reader:
    """Ask Jobwire."""
    cursors = job_cursors()

    def page(place: Place) -> bytes:
        status, id = place
        variables = {"filter": {"statuses": [status]}, "after": cursors.encode(id)}
        return operation(documents.JOBS, variables, serving.token)

    def job(id: UUID) -> bytes:
        return operation(documents.JOB, {"id": job_id_text(id)}, serving.token)

    return Reader(
        "Jobwire", serving.pid, serving.port, page, job, "jobs", {}, b'"finishedAt"'
    )


async def postgraphile_reader(peer: Peer) -> Reader:
    """Ask PostGraphile."""
    first = json.loads(await answer(peer.port, operation(documents.ROWS, {})))
    cursor = first["data"]["allWorkerJobs"]["pageInfo"]["endCursor"]
    # Its cursors name the order and the key: others are made from the first.
    order, _ = json.loads(b64decode(cursor))

    def page(place: Place) -> bytes:
        status, id = place
        after = b64encode(json.dumps([order, str(id)]).encode()).decode()
        condition = {"status": status}
        return operation(documents.ROWS, {"condition": condition, "after": after})

    def job(id: UUID) -> bytes:
        return operation(documents.ROW, {"id": str(id)})

    names = {"id": "rowId", "attemptCount": "attempts", "finishedAt": "finished"}
    return Reader(
        "PostGraphile",
        peer.pid,
        peer.port,
        page,
        job,
        "allWorkerJobs",
        names,
        b'"finished"',
    )


def bare_reader(peer: Peer) -> Reader:
    """Ask the bare application."""

    def page(place: Place) -> bytes:
        status, id = place
        return get("/jobs?" + urlencode({"status": status, "after": str(id)}))

    def job(id: UUID) -> bytes:
        return get(f"/job?id={id}")

    return Reader(
        "bare Starlette", peer.pid, peer.port, page, job, "jobs", {}, b'"finishedAt"'
    )


def _plain(name: str, value: Any) -> Any:
    """Return what a value says, however a schema spells it."""
    if value is None or name not in {
        "id",
        "executor",
        "createdAt",
        "runAt",
        "finishedAt",
    }:
        return value
    if name == "id":
        return parse_job_id(value)
    if name == "executor":
        return value.upper()
    return datetime.fromisoformat(value)
