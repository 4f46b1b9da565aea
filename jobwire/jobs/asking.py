"""Asking: what is in the inbox leads to a question to Trigger.dev, and to its answer.

The end that a hook told counts when Trigger.dev confirms it. Only while it cannot be
asked does the hook's word count, after a grace, and the event that seals the job says
so by its source, WEBHOOK.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from jobwire.jobs.adopt import Adopter
from jobwire.jobs.borrowing import Connections, transaction
from jobwire.jobs.clock import Clock
from jobwire.jobs.cron.adopt import RunAdopter
from jobwire.jobs.errors import InvalidInputError
from jobwire.jobs.executors.run_words import failure_of, status_of
from jobwire.jobs.executors.trigger import TriggerExecutor
from jobwire.jobs.hook_event import HookEvent, job_id_of
from jobwire.jobs.inbox import (
    Delivery,
    DeliverySource,
    Subject,
    find_subject,
    mark_handled,
)
from jobwire.jobs.observation import Observation, Rank
from jobwire.jobs.observe import observe
from jobwire.jobs.registry import Registry
from jobwire.jobs.scheduled_tasks import may_be_scheduled
from jobwire.jobs.transitions import row
from jobwire.models.vocabulary import SignalSource
from jobwire.triggerdev import (
    MalformedAlertError,
    NotFoundError,
    RunFailedAlert,
    RunStatus,
    TriggerDevError,
    read_alert,
)

log = logging.getLogger(__name__)

#: How long the record of an end may follow its hook, before only the regular look at
#: open runs goes on waiting for it.
PATIENCE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Told:
    """What a delivery says, whoever posted it.

    Attributes:
        said: As an observation.
        job_id: The job that the run's tags name.
        task: The id of its task.
        is_terminal: Whether it tells of the end of the run.
    """

    said: Observation
    job_id: UUID | None
    task: str
    is_terminal: bool


class Asker:
    """Works on the inbox, one delivery at a time; stateless between them.

    Args:
        connections: Lends connections, never while a request is under way.
        executor: The environment to ask.
        clock: What time it is.
        registry: What is known of the types of job.
        grace: How long the end that a hook told waits while nobody can be asked.
    """

    def __init__(
        self,
        connections: Connections,
        executor: TriggerExecutor,
        clock: Clock,
        *,
        registry: Registry,
        grace: timedelta,
    ) -> None:
        self._connections = connections
        self._executor = executor
        self._clock = clock
        self._grace = grace
        self._adopter = Adopter(connections, executor, clock)
        self._run_adopter = RunAdopter(connections, executor, clock, registry)

    async def handle(self, delivery: Delivery) -> bool:
        """Work on a delivery; False: it has to wait, try again later."""
        try:
            told = read(delivery)
        except (InvalidInputError, MalformedAlertError) as error:
            return await self._close(delivery, error.message)
        subject: Subject | None = None
        try:
            subject = await self._subject(told)
            if subject is None or not subject.may_have_run:
                return await self._close(delivery, "No job here has this run.")
            return await self._work_on(delivery, told, subject)
        except NotFoundError as error:
            # Their replicas may not know a young run yet, which is to be adopted.
            age = self._clock.now() - delivery.received_at
            if subject is None and age < PATIENCE:
                return False
            return await self._close(delivery, error.message)
        except TriggerDevError as error:
            # Without an answer nobody can tell whose run an unknown one is.
            return subject is not None and await self._wait(
                delivery, told, subject, error
            )

    async def _subject(self, told: Told) -> Subject | None:
        """Find the job of a run; one that a schedule of ours has made gets it now.

        Raises:
            NotFoundError: The environment has no such run.
            TriggerDevError: It cannot be asked.
        """
        run_id = told.said.run_id
        async with self._connections() as connection:
            subject = await find_subject(connection, run_id, told.job_id)
            if (
                subject is not None
                or told.job_id is not None
                or not await may_be_scheduled(connection, told.task)
            ):
                return subject
        await self._run_adopter.adopt(run_id, source=told.said.source)
        async with self._connections() as connection:
            return await find_subject(connection, run_id, None)

    async def _work_on(self, delivery: Delivery, told: Told, subject: Subject) -> bool:
        if not subject.has_run and not await self._adopt(told, subject):
            return await self._close(
                delivery,
                "The run was not made by the dispatch of this job, or came too late.",
            )
        if told.is_terminal and not subject.is_terminal:
            return await self._ask(delivery, told)
        return await self._fold(delivery, told.said)

    async def _adopt(self, told: Told, subject: Subject) -> bool:
        """Link a job whose answer is still to come, if the run is its own."""
        return await self._adopter.adopt(
            subject,
            told.said.run_id,
            source=told.said.source,
            # Trigger.dev is asked next, and does not tell that the code stopped.
            said=told.said if told.is_terminal else None,
        )

    async def _ask(self, delivery: Delivery, told: Told) -> bool:
        heard = await self._executor.hear(told.said.run_id)
        now = self._clock.now()
        is_over = now - delivery.received_at >= PATIENCE
        async with transaction(self._connections) as connection:
            observed = await observe(
                connection, heard.said, now=now, detail=heard.detail
            )
            if observed is None or observed.job.finished is not None or is_over:
                await mark_handled(connection, delivery.id, now=now)
                return True
        return False

    async def _wait(
        self, delivery: Delivery, told: Told, subject: Subject, error: TriggerDevError
    ) -> bool:
        """Go on without an answer; the word of a hook counts once its grace is over."""
        is_verdict = told.said.rank is Rank.VERDICT
        age = self._clock.now() - delivery.received_at
        if not (subject.has_run and (is_verdict or age >= self._grace)):
            return False
        log.warning(
            "the run %s is taken as ended by the word of its %s, for Trigger.dev cannot"
            " be asked: %s",
            told.said.run_id,
            delivery.source.value,
            error.message,
            extra={"action": "trigger-sealed-by-hook", "run_id": told.said.run_id},
        )
        return await self._fold(delivery, told.said, seals=True)

    async def _fold(
        self, delivery: Delivery, said: Observation, *, seals: bool = False
    ) -> bool:
        now = self._clock.now()
        async with transaction(self._connections) as connection:
            # The job first, as all who lock both; then the delivery, so that of two who
            # fold it at once only one stores its lines.
            await row.lock_by_run(connection, said.run_id)
            if await mark_handled(connection, delivery.id, now=now):
                await observe(connection, said, now=now, seals=seals)
        return True

    async def _close(self, delivery: Delivery, reason: str) -> bool:
        async with self._connections() as connection:
            await mark_handled(
                connection, delivery.id, now=self._clock.now(), error=reason
            )
        return True


def read(delivery: Delivery) -> Told:
    """Read a stored event again; it was read once before it was stored.

    Raises:
        InvalidInputError, MalformedAlertError: It cannot be read any more.
    """
    if delivery.source is DeliverySource.HOOK:
        event = HookEvent.read(delivery.body)
        return Told(
            event.observation(),
            event.job_id,
            event.run.task_identifier,
            event.is_terminal,
        )
    alert = read_alert(delivery.body)
    if not isinstance(alert, RunFailedAlert):
        raise InvalidInputError("It is no alert that a run has failed.")
    return Told(
        _verdict(alert), job_id_of(alert.tags), alert.task_identifier, is_terminal=True
    )


def _verdict(alert: RunFailedAlert) -> Observation:
    status = RunStatus.__members__.get(alert.status)
    return Observation(
        run_id=alert.run_id,
        source=SignalSource.ALERT,
        rank=Rank.VERDICT,
        word=alert.status,
        status=status_of(alert.status),
        attempt=None,
        occurred_at=alert.completed_at or alert.created,
        started_at=alert.started_at,
        finished_at=alert.completed_at,
        failure=failure_of(status, alert.error, out_of_memory=alert.is_out_of_memory),
    )
