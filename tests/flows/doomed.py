"""A process that dies at a chosen point: `python -m tests.flows.doomed`.

It has the modules of `MODULES` instrumented and everything imported, and forks a child
for each order that it reads: one JSON a line, answered by one JSON a line.
"""

import asyncio
import json
import os
import signal
import sys
import traceback
from asyncio.selector_events import (  # type: ignore[attr-defined] # not published
    _SelectorSocketTransport,
)
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.flows.awaits import watch
from tests.flows.watching import Moment, Watch

#: Everything that dispatches, observes or claims.
MODULES = (
    "jobwire.jobs.adopt",
    "jobwire.jobs.arrivals",
    "jobwire.jobs.asking",
    "jobwire.jobs.borrowing",
    "jobwire.jobs.cron.adopt",
    "jobwire.jobs.cron.sync",
    "jobwire.jobs.cron.tick",
    "jobwire.jobs.dispatch",
    "jobwire.jobs.dispatch_batch",
    "jobwire.jobs.executors.batches",
    "jobwire.jobs.executors.calls",
    "jobwire.jobs.executors.run_lists",
    "jobwire.jobs.executors.run_queues",
    "jobwire.jobs.executors.run_schedules",
    "jobwire.jobs.executors.trigger",
    "jobwire.jobs.link_batch",
    "jobwire.jobs.observe",
    "jobwire.jobs.reception",
    "jobwire.jobs.reconcile.scheduled",
    "jobwire.jobs.reports",
    "jobwire.jobs.sync",
    "jobwire.jobs.transitions.adopt",
    "jobwire.jobs.transitions.batch",
    "jobwire.jobs.transitions.claim",
    "jobwire.jobs.transitions.claim_limited",
    "jobwire.jobs.transitions.dispatch",
    "jobwire.jobs.transitions.fire",
    "jobwire.jobs.transitions.link",
    "jobwire.jobs.transitions.observe",
    "jobwire.jobs.transitions.ready_queues",
    "jobwire.jobs.transitions.report",
    "jobwire.jobs.transitions.row",
    "jobwire.jobs.webhook",
    "jobwire.worker.batches",
    "jobwire.worker.claim",
    "jobwire.worker.decide",
    "jobwire.worker.dispatch",
    "jobwire.worker.schedules",
)

WATCH = Watch()
_writes = 0


async def _act(order: dict[str, Any]) -> None:
    # Imported after they were instrumented.
    from jobwire.triggerdev import TriggerDevError  # noqa: PLC0415 - see above
    from tests.flows.actor import acting  # noqa: PLC0415 - see above
    from tests.flows.scenarios import SCENARIOS  # noqa: PLC0415 - see above

    reached: dict[tuple[str, Moment], int] = {}

    def note(point: str, moment: Moment) -> None:
        reached.setdefault((point, moment), _writes)
        if [point, moment] == order["dies"]:
            os.kill(os.getpid(), signal.SIGKILL)

    now = datetime.fromisoformat(order["now"])
    async with acting(order["database"], order["api"], order["key"], now) as actor:
        # Connections are open, so that the first wait of a request is for its answer.
        with suppress(TriggerDevError):
            await actor.executor.retrieve("run_1")
        WATCH.listener = note
        await SCENARIOS[order["scenario"]].act(actor, order["facts"])
        WATCH.listener = None
    told = [[*where, writes] for where, writes in reached.items()]
    Path(order["report"]).write_text(json.dumps(told))  # noqa: ASYNC240 - at the end


def _count_writes() -> None:
    """Count what the process sends: only that is left of it when it dies."""
    write = _SelectorSocketTransport.write

    def counted(transport: Any, data: Any) -> None:
        global _writes  # noqa: PLW0603 - of a process with one purpose
        _writes += 1
        write(transport, data)

    _SelectorSocketTransport.write = counted


def _child(order: dict[str, Any]) -> None:
    try:
        if order["duplicates"]:
            from tests.flows.duplicates import report  # noqa: PLC0415 - as above

            asyncio.run(report(order, WATCH))
        else:
            asyncio.run(_act(order))
    except BaseException:  # noqa: BLE001 - the test shows it
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def main() -> None:
    """Read orders until there are no more."""
    watch(MODULES, WATCH.names)
    _count_writes()
    import tests.flows.duplicates  # noqa: PLC0415 - once for all children
    import tests.flows.scenarios  # noqa: F401, PLC0415 - as above

    _tell("ready")
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            _child(order)
        _, status = os.waitpid(child, 0)
        _tell(os.waitstatus_to_exitcode(status))


def _tell(answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
