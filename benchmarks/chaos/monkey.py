"""The monkey: it does harm, one deed after the other, as its seed says."""

import asyncio
from collections import Counter
from contextlib import suppress
from random import Random

import httpx

from benchmarks.chaos.faults import request_fault, webhook_fault
from benchmarks.chaos.plan import Plan
from benchmarks.chaos.processes import APIS, EMULATOR, WORKERS, Processes

#: Seconds that something stays down at most.
DOWN = 3.0


class Monkey:
    """Does harm until its task is canceled; `mend` undoes it all.

    Attributes:
        deeds: How often it did what.
    """

    def __init__(self, processes: Processes, plan: Plan) -> None:
        self._processes = processes
        self._plan = plan
        self._random = Random(f"monkey {plan.seed}")
        self._http = httpx.AsyncClient(trust_env=False, timeout=5)
        self._under_way: set[asyncio.Task[None]] = set()
        self._busy: set[str] = set()
        self.deeds: Counter[str] = Counter()

    async def run(self) -> None:
        """Do one deed after the other."""
        mix = self._plan.mix
        while True:
            await asyncio.sleep(self._random.expovariate(1 / self._plan.pause))
            [kind] = self._random.choices(list(mix), list(mix.values()))
            await self._do(kind)

    async def mend(self) -> None:
        """Let everything live again, and nothing go wrong any more."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self._processes.mend()
        answer = await self._http.delete(
            f"{self._processes.emulator_url}/emulator/faults"
        )
        answer.raise_for_status()
        await self._http.aclose()

    async def _do(self, kind: str) -> None:
        if kind == "requests":
            await self._add(request_fault(self._random))
        elif kind == "webhooks":
            await self._add(webhook_fault(self._random))
        else:
            names = {
                "api": APIS,
                "worker": WORKERS,
                "freeze": (*WORKERS, *APIS),
                "emulator": (EMULATOR,),
                "postgres": ("postgres",),
            }[kind]
            name = self._random.choice(names)
            down = self._random.uniform(0, DOWN)
            if name in self._busy:
                return
            self.deeds[f"{kind} {'stopped' if kind == 'freeze' else 'killed'}"] += 1
            self._busy.add(name)
            task = asyncio.create_task(self._harm(kind, name, down))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _harm(self, kind: str, name: str, down: float) -> None:
        try:
            if kind == "freeze":
                # About as often within the lease as beyond it.
                await self._processes.freeze(name, down * self._plan.lease * 2 / DOWN)
            elif kind == "postgres":
                await self._processes.kill_postgres()
                await asyncio.sleep(down)
                await self._processes.start_postgres()
            else:
                await self._processes[name].kill()
                await asyncio.sleep(down)
                self._processes[name].start()
        finally:
            self._busy.discard(name)

    async def _add(self, fault: dict[str, object]) -> None:
        emulator = self._processes[EMULATOR]
        if not emulator.is_up and EMULATOR not in self._busy:
            # It died of a fault of its own.
            emulator.start()
            return
        self.deeds[str(fault["kind"])] += 1
        with suppress(httpx.HTTPError):
            answer = await self._http.post(
                f"{self._processes.emulator_url}/emulator/faults", json=fault
            )
            answer.raise_for_status()
            if fault["kind"] == "lag-list":
                self._lift_later(answer.json()["id"])

    def _lift_later(self, fault: str) -> None:
        async def lift() -> None:
            await asyncio.sleep(self._random.uniform(1, 15))
            with suppress(httpx.HTTPError):
                await self._http.delete(
                    f"{self._processes.emulator_url}/emulator/faults/{fault}"
                )

        task = asyncio.create_task(lift())
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
