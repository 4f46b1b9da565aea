"""The clients: they schedule, cancel and retry, and remember the answers."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import httpx
from pydantic import SecretStr

from benchmarks.chaos.plan import Plan
from benchmarks.chaos.processes import SECRET
from jobwire.app.tokens import mint_token
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.viewer import Scope

TIMEOUT = 5.0
PAUSE = 0.15
#: Of the jobs that a client knows, how many of the newest it cancels or retries.
RECENT = 30

_SCHEDULE = """mutation ($input: ScheduleJobInput!) {
  scheduleJob(input: $input) { job { id } errors { code message } } }"""
_CANCEL = """mutation ($input: CancelJobInput!) { cancelJob(input: $input) {
  job { id status cancellation { outcome } } alreadySettled errors { code } } }"""
_RETRY = """mutation ($input: RetryJobInput!) { retryJob(input: $input) {
  job { id } errors { code message } } }"""
_INPUTS = '{ __type(name: "CancelJobInput") { inputFields { name } } }'


@dataclass
class Asked:
    """A job that was asked for.

    Attributes:
        job: Its id; None: no answer came, and it may be there or not.
        refused: Why it was refused; None: it was not.
        data: What its code was told.
    """

    tag: str
    executor: str
    data: Mapping[str, Any]
    max_attempts: int
    ttl: float | None = None
    job: str | None = None
    refused: str | None = None


@dataclass(frozen=True)
class CancelAnswer:
    """What a cancel was answered."""

    status: str
    outcome: str | None
    already_settled: bool


@dataclass
class Ledger:
    """What all clients know.

    Attributes:
        asked: By tag.
        cancels: The answers, by job.
        wishes: Jobs that anybody asked to cancel, answered or not.
        retries: The new job of a retry, and of which one.
        unanswered: How often nobody knows what became of a request, by what was told
            instead.
    """

    asked: dict[str, Asked] = field(default_factory=dict)
    cancels: dict[str, list[CancelAnswer]] = field(default_factory=dict)
    wishes: set[str] = field(default_factory=set)
    retries: dict[str, str] = field(default_factory=dict)
    unanswered: Counter[str] = field(default_factory=Counter)

    @property
    def known(self) -> list[str]:
        """The jobs whose ids were told, oldest first."""
        first = [one.job for one in self.asked.values() if one.job is not None]
        return [*first, *self.retries]


class Client:
    """One caller, who asks one thing after the other.

    Args:
        urls: Of the APIs; any of them is asked.
        plan: What to ask.
        ledger: Where answers are written down.
        number: Tells it from the others.
        transport: What carries its requests; None: each goes where its URL says.
        timeout: How long an answer may take, in seconds.
    """

    def __init__(
        self,
        urls: Sequence[str],
        plan: Plan,
        ledger: Ledger,
        number: int,
        transport: httpx.AsyncBaseTransport | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        self._urls = urls
        self._executors = plan.executors
        self._ledger = ledger
        self._name = f"c{number}"
        self._random = Random(f"client {number} {plan.seed}")
        self._count = 0
        self._modes: list[str] = []
        token = mint_token(
            SecretStr(SECRET),
            user_id="chaos",
            scopes=[Scope.JOBS_READ, Scope.JOBS_WRITE],
            lifetime=timedelta(hours=24),
            now=SystemClock().now(),
        )
        self._http = httpx.AsyncClient(
            trust_env=False,
            transport=transport,
            timeout=timeout,
            headers={"authorization": f"Bearer {token}"},
        )

    async def run(self, seconds: float) -> None:
        """Ask for a while."""
        async with self._http:
            await self._look_for_force()
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._ask_on()

    async def _ask_on(self) -> None:
        steps = [self._schedule, self._cancel, self._retry]
        while True:
            [step] = self._random.choices(steps, [6, 3, 1])
            await step()
            await asyncio.sleep(self._random.expovariate(1 / PAUSE))

    async def _schedule(self) -> None:
        self._count += 1
        random = self._random
        executor = random.choice(self._executors)
        # The emulator runs ten at once; those that wait for a place prove nothing.
        lengths = [0.0, 0.2, 1.0, 3.0] if executor == "INTERNAL" else [0.0, 0.1, 0.3]
        asked = Asked(
            tag=f"{self._name}-{self._count}",
            executor=executor,
            data={
                "seconds": random.choice(lengths),
                "failures": random.choice([0, 0, 0, 0, 1, 2, 99]),
            },
            max_attempts=random.choice([3, 6]),
        )
        type = random.choice(["chaos-async", "chaos-sync"])
        fields: dict[str, Any] = {}
        if asked.executor == "TRIGGER":
            type = "chaos-run"
            fields = {"triggerTaskId": type}
            if random.random() < 1 / 10:
                asked.data = {**asked.data, "crashes": True}
        if random.random() < 1 / 5:
            fields["when"] = {"delay": f"PT{random.choice([0.2, 1, 4])}S"}
        if random.random() < 1 / 5:
            asked.ttl = random.choice([0.5, 5, 60])
            fields["ttl"] = f"PT{asked.ttl}S"
        self._ledger.asked[asked.tag] = asked
        answer = await self._post(
            _SCHEDULE,
            {
                "type": type,
                "tag": asked.tag,
                "executor": asked.executor,
                "data": asked.data,
                "retryConfig": {
                    "maxAttempts": asked.max_attempts,
                    "minTimeoutInMs": 100,
                    "maxTimeoutInMs": 1000,
                },
                **fields,
            },
        )
        if answer is not None:
            asked.job = answer["job"] and answer["job"]["id"]
            asked.refused = str(answer["errors"]) if answer["errors"] else None

    async def _cancel(self) -> None:
        job = self._some_job()
        if job is None:
            return
        self._ledger.wishes.add(job)
        fields: dict[str, Any] = {"id": job, "reason": "chaos"}
        if self._modes:
            fields["mode"] = self._random.choice(self._modes)
            if fields["mode"] == "FORCE":
                fields["gracePeriod"] = "PT1S"
        answer = await self._post(_CANCEL, fields)
        if answer is not None and answer["job"] is not None:
            told = answer["job"]["cancellation"]
            self._ledger.cancels.setdefault(job, []).append(
                CancelAnswer(
                    answer["job"]["status"],
                    told and told["outcome"],
                    answer["alreadySettled"],
                )
            )

    async def _retry(self) -> None:
        job = self._some_job()
        if job is None:
            return
        answer = await self._post(_RETRY, {"id": job})
        if answer is not None and answer["job"] is not None:
            self._ledger.retries[answer["job"]["id"]] = job

    def _some_job(self) -> str | None:
        known = self._ledger.known[-RECENT:]
        return self._random.choice(known) if known else None

    async def _post(self, query: str, input: dict[str, Any]) -> dict[str, Any] | None:
        """Return the payload of a mutation; None: nobody knows what became of it."""
        try:
            answer = await self._http.post(
                f"{self._random.choice(self._urls)}/graphql",
                json={"query": query, "variables": {"input": input}},
            )
            told = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            self._ledger.unanswered[type(error).__name__] += 1
            return None
        payload: dict[str, Any] | None = None
        if told.get("data") is not None:
            [payload] = told["data"].values()
        if payload is None:
            self._ledger.unanswered[str(told.get("errors"))] += 1
        return payload

    async def _look_for_force(self) -> None:
        """Cancel in every mode that there is."""
        answer = await self._http.post(
            f"{self._urls[0]}/graphql", json={"query": _INPUTS}
        )
        found = (answer.json().get("data") or {}).get("__type") or {"inputFields": []}
        if any(one["name"] == "mode" for one in found["inputFields"]):
            self._modes = ["GRACEFUL", "FORCE"]
