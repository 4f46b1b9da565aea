"""Sync: ask how open runs stand, and fold in what is heard."""

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from jobwire.jobs.at_once import at_once
from jobwire.jobs.borrowing import Connections, transaction
from jobwire.jobs.clock import Clock
from jobwire.jobs.executors.calls import is_about_health
from jobwire.jobs.executors.trigger import TriggerExecutor
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.observe import observe
from jobwire.jobs.open_runs import OpenRun, read_open
from jobwire.jobs.sync_paths import SyncPath
from jobwire.jobs.transitions.observe import freshen
from jobwire.triggerdev import NotFoundError, TriggerDevError

log = logging.getLogger(__name__)

#: Requests under way at once.
AT_ONCE = 10


@dataclass(slots=True)
class Synced:
    """What asking some runs brought.

    Attributes:
        checked: Runs that answered, or are gone.
        corrected: Jobs that changed by it.
        drifted: How many of them had to be put right, for a pass of reconciliation.
        gone: Runs that Trigger.dev does not know.
        errors: Why others did not answer.
    """

    checked: int = 0
    corrected: list[OpenRun] = field(default_factory=list)
    drifted: int = 0
    gone: list[OpenRun] = field(default_factory=list)
    errors: list[TriggerDevError] = field(default_factory=list)


class Syncer:
    """Asks runs; stateless between them.

    Args:
        connections: Lends connections, never while a request is under way.
        executor: The environment to ask.
        clock: What time it is.
        paths: Those that should have told, for a pass of reconciliation; see `observe`.
    """

    def __init__(
        self,
        connections: Connections,
        executor: TriggerExecutor,
        clock: Clock,
        *,
        paths: Collection[SyncPath] | None = None,
    ) -> None:
        self._connections = connections
        self._executor = executor
        self._clock = clock
        self._paths = paths

    async def ask(self, runs: Iterable[OpenRun]) -> Synced:
        """Ask runs how they stand, several at once, and fold in each answer.

        A run that is gone changes nothing here: that is for reconciliation to judge.
        """
        synced = Synced()
        await at_once(AT_ONCE, lambda run: self._ask(run, synced), runs)
        return synced

    async def ask_all(self) -> Synced:
        """Ask every open run of the environment.

        Raises:
            TriggerDevError: Not even the environment's name can be asked.
        """
        environment = await self._executor.environment()
        async with self._connections() as connection:
            runs = await read_open(connection, environment)
        return await self.ask(runs)

    async def _ask(self, run: OpenRun, synced: Synced) -> None:
        try:
            heard = await self._executor.hear(run.run_id)
        except NotFoundError:
            synced.checked += 1
            synced.gone.append(run)
            log.warning(
                "Trigger.dev does not know the run %s of %s",
                run.run_id,
                job_id_text(run.job_id),
                extra={
                    "action": "trigger-run-gone",
                    "job_id": job_id_text(run.job_id),
                    "run_id": run.run_id,
                },
            )
            await self._pass_over(run)
            return
        except TriggerDevError as error:
            synced.errors.append(error)
            if not is_about_health(error):
                await self._pass_over(run)
            return
        synced.checked += 1
        async with transaction(self._connections) as connection:
            observed = await observe(
                connection,
                heard.said,
                now=self._clock.now(),
                detail=heard.detail,
                paths=self._paths,
            )
        if observed is not None and observed.applied:
            synced.corrected.append(run)
            synced.drifted += observed.drifted

    async def _pass_over(self, run: OpenRun) -> None:
        """Let others have their turn, which else it would have again and again."""
        async with self._connections() as connection:
            await freshen(connection, run.job_id, now=self._clock.now())
