"""Adopt: give a run that was told of to the job that waits for it, if it is its own."""

from jobwire.jobs.borrowing import Connections, transaction
from jobwire.jobs.clock import Clock
from jobwire.jobs.executors.trigger import TriggerExecutor
from jobwire.jobs.inbox import Subject
from jobwire.jobs.observation import Observation
from jobwire.jobs.observe import observe
from jobwire.jobs.transitions.link import link
from jobwire.models.vocabulary import SignalSource


class Adopter:
    """Links jobs whose answer is lost, or still on its way; stateless.

    Args:
        connections: Lends connections, never while a request is under way.
        executor: The environment to ask.
        clock: What time it is.
    """

    def __init__(
        self, connections: Connections, executor: TriggerExecutor, clock: Clock
    ) -> None:
        self._connections = connections
        self._executor = executor
        self._clock = clock

    async def adopt(
        self,
        subject: Subject,
        run_id: str,
        *,
        source: SignalSource,
        said: Observation | None = None,
    ) -> bool:
        """Link a job to a run; False: the run is not its own, or comes too late.

        The run is retrieved, for only there are all of its marks. One that comes too
        late for a job that is canceled is canceled too.

        Args:
            subject: The job.
            run_id: The run.
            source: Which path told of it.
            said: What to fold in with the link; None: nothing.

        Raises:
            NotFoundError: The environment has no such run.
            TriggerDevError: It cannot be asked.
        """
        run = await self._executor.retrieve(run_id)
        if not self._executor.marks.are_on(
            run, subject.id, subject.task, subject.dispatch_number
        ):
            return False
        now = self._clock.now()
        async with transaction(self._connections) as connection:
            linked = await link(
                connection, subject.id, run.id, source=source, now=now, adopted=True
            )
            if linked.is_ours and said is not None:
                await observe(connection, said, now=now)
        if linked.is_stopped and not run.is_terminal:
            await self._executor.cancel(run.id)
        return linked.is_ours
