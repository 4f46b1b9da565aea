"""The whole API under operations at random: a `jobwire dev`, with an emulator."""

import time
from random import Random
from typing import Any

import httpx
from hypothesis import HealthCheck, Phase, given, seed, settings

from benchmarks.dev_process import dev_process
from benchmarks.fuzz.outcome import Outcome
from tests.gql.any_operation import FIELDS, operations, tells_of_the_inside

NAME = "operations"
_BEGIN = """mutation {
  done: scheduleJob(input: {type: "no-op", tag: "fuzz"}) { job { id } }
  later: scheduleJob(input: {type: "no-op", tag: "fuzz", when: {delay: "PT1H"}}) {
    job { id } }
  run: scheduleJob(input: {type: "process-large-dataset", tag: "fuzz",
    executor: TRIGGER, triggerTaskId: "process-large-dataset"}) { job { id } }
  cron: scheduleCronJob(input: {type: "no-op", tag: "fuzz", cron: "@daily"}) {
    schedule { id } }
  bulk: cancelJobs(input: {select: {filter: {tags: ["fuzz"], statuses: [SCHEDULED]}}}) {
    operation { id } }
}"""
_MOST_SECONDS = 60
_OPERATIONS = 25


class FaultError(AssertionError):
    """An answer that must not be."""


def fuzz_operations(seconds: float, number: int) -> Outcome:
    """Ask for one field after the other, until an answer is a fault or time is over.

    Args:
        seconds: For how long.
        number: What the operations depend on.
    """
    asked = 0
    with dev_process() as (url, _), httpx.Client(timeout=_MOST_SECONDS) as client:
        end = time.monotonic() + seconds
        fields = list(FIELDS)
        random = Random(number)
        while time.monotonic() < end:
            random.shuffle(fields)
            ids = _begin(client, url)
            for field in fields:

                @seed(random.getrandbits(32))
                @settings(
                    max_examples=_OPERATIONS,
                    deadline=None,
                    database=None,
                    phases=[Phase.generate, Phase.shrink],
                    suppress_health_check=list(HealthCheck),
                )
                @given(operations(field, ids))
                def ask(operation: str) -> None:
                    nonlocal asked
                    if time.monotonic() < end:
                        asked += 1
                        _ask(client, url, operation)

                try:
                    ask()
                except (FaultError, httpx.HTTPError) as fault:
                    return Outcome(NAME, asked, f"{fault!r}")
    return Outcome(NAME, asked)


def _begin(client: httpx.Client, url: str) -> list[str]:
    """Make something of every kind; return their ids."""
    answer = client.post(f"{url}/graphql", json={"query": _BEGIN}).json()
    data: dict[str, Any] = answer["data"]
    jobs = [data[name]["job"]["id"] for name in ("done", "later", "run")]
    parts = [job.replace("job", kind) + "_1" for job in jobs for kind in ("att", "evt")]
    others = [data["cron"]["schedule"]["id"], data["bulk"]["operation"]["id"]]
    return [*jobs, *parts, *others]


def _ask(client: httpx.Client, url: str, operation: str) -> None:
    response = client.post(f"{url}/graphql", json={"query": operation})
    if response.status_code != httpx.codes.OK or tells_of_the_inside(response.text):
        raise FaultError(f"{response.status_code} {response.text}\n{operation}")
