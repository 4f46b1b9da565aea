"""Events of Trigger.dev runs, beside a bare route that stores their bodies.

Ours checks the signature, keeps the event, folds it into its job and appends the event
that tells of it, all in one transaction; the bare route trusts everybody and makes one
insert.
"""

import json
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack
from itertools import count, cycle
from pathlib import Path

from benchmarks.load.bare import DELIVERIES
from benchmarks.load.command import Options, run
from benchmarks.load.comparison import Comparison
from benchmarks.load.filled import postmaster_of, version_of
from benchmarks.load.generator import Load, post
from benchmarks.load.rounds import Contestant, compare
from benchmarks.load.servers import bare
from benchmarks.processes import serve_jobwire
from jobwire.jobs import identifiers
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.transitions.events import append_events
from jobwire.migrations import migrate
from jobwire.models.database import Connection, Database
from jobwire.models.database_url import parse
from jobwire.triggerdev import sign_standard
from jobwire.web.trigger_webhook import PATH

#: Runs that report their progress by turns.
RUNS = 2_000
TARGETS = {"bare Starlette": 0.5}
TASK = "process-large-dataset"

#: Jobs that Trigger.dev has accepted, with their events.
_RUNS = f"""
WITH i AS (
  INSERT INTO worker_jobs (id, tag, type, user_id, executor, status, run_at,
                           next_attempt_at, created_at, updated_at, queue,
                           trigger_task_id, trigger_run_id, trigger_environment,
                           dispatch_state, dispatch_number, dispatched_at)
  SELECT id, 'order-' || n, '{TASK}', 'bench', 'trigger', 'QUEUED', $2, $2, $2, $2,
         'task/{TASK}', '{TASK}', 'run_' || n, 'https://api.trigger.dev#bench',
         'linked', 1, $2
    FROM unnest($1::uuid[]) WITH ORDINALITY AS made (id, n) RETURNING *),
e AS ({
    append_events(
        "i",
        kind="'CREATED'",
        from_status="NULL",
        changes="to_jsonb(i) - 'data' - 'leased_by' - 'leased_until' - 'fence'",
        source="'API'",
        actor="user_id",
        now="updated_at",
    )
})
SELECT count(*) FROM i"""


async def measure(url: str, options: Options) -> AsyncIterator[Comparison]:
    """Make runs, and compare who takes in what they report."""
    await migrate(parse(url))
    database = await Database.open(url)
    async with database.connection() as connection:
        reports = await _make_runs(connection, options.jobs)
        await connection.execute(DELIVERIES)
        postmaster = await postmaster_of(connection)
        versions = {"PostgreSQL": await version_of(connection)}
    await database.close()
    secret = secrets.token_urlsafe(32)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ours = stack.enter_context(
            serve_jobwire(
                url, folder, scopes=[], settings={"TRIGGER_WEBHOOK_SECRET": secret}
            )
        )
        peer = stack.enter_context(bare(url))

        def signed() -> bytes:
            id, body = reports()
            now = SystemClock().now()
            headers = {
                "webhook-id": id,
                "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": sign_standard(
                    secret, id=id, timestamp=now, body=body
                ),
            }
            return post(PATH, body, headers)

        yield await compare(
            "webhook",
            "Reports of progress of runs, posted one by one",
            [
                Contestant(
                    "Jobwire",
                    ours.pid,
                    Load(ours.port, signed, b'{"status":"applied"}'.__eq__),
                ),
                Contestant(
                    "bare Starlette",
                    peer.pid,
                    Load(
                        peer.port,
                        lambda: post("/deliveries", reports()[1], {}),
                        b'{"status":"stored"}'.__eq__,
                    ),
                ),
            ],
            targets=TARGETS,
            versions=versions,
            database_pid=postmaster,
            rounds=options.rounds,
        )


async def _make_runs(
    connection: Connection, runs: int
) -> Callable[[], tuple[str, bytes]]:
    """Make jobs with runs; return what writes the next report: its id, and its body."""
    clock, numbers = SystemClock(), count(1)
    now = clock.now()
    ids = [identifiers.new_id(now) for _ in range(runs)]
    await connection.execute(_RUNS, ids, identifiers.created_at(ids[0]))
    turns = cycle(enumerate(map(identifiers.job_id_text, ids), start=1))

    def report() -> tuple[str, bytes]:
        (number, job), place = next(turns), next(numbers)
        id = f"event-{place:09}"
        event = {
            "id": id,
            "type": "RUN_PROGRESS",
            "occurredAt": clock.now().isoformat(timespec="milliseconds"),
            "run": {
                "id": f"run_{number}",
                "taskIdentifier": TASK,
                "attempt": 1,
                "tags": [f"job:{job}", "jobwire:bench"],
                "startedAt": now.isoformat(timespec="milliseconds"),
            },
            "progress": {
                "fraction": place % 1_000 / 1_000,
                "message": f"{place % 1_000} of 1000 rows",
            },
        }
        return id, json.dumps(event).encode()

    return report


def main(arguments: Sequence[str] = ()) -> None:
    """Measure on a fresh database."""
    run(measure, arguments, jobs=RUNS)


if __name__ == "__main__":
    main(sys.argv[1:])
