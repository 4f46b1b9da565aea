"""Every statement that moves a run; each belongs to a transaction of its caller.

A run carries its next step and when it is due, so the clock alone moves it on, and a
process that dies between two steps loses neither.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from sqlite3 import Connection
from typing import Any

from jobwire.emulator import moments, packets, run_errors, waiting
from jobwire.emulator.attempt_plan import AttemptPlan, plan_attempt
from jobwire.emulator.clock import iso
from jobwire.emulator.durations import later, parse_duration
from jobwire.emulator.hook_moments import HookMoment
from jobwire.emulator.job_retries import with_retries_of_job
from jobwire.emulator.payloads import JSON_TYPE, write_json
from jobwire.emulator.queues import queue_of_task, stored_name
from jobwire.emulator.run import Run, RunStep, children_of, update_run
from jobwire.emulator.statuses import TERMINAL, WITH_WORKER, RunStatus
from jobwire.emulator.task import PLATFORM_FAILURES, Attempt, Step, Task
from jobwire.emulator.waiting import began_at, next_step

_NO_STEP: Mapping[str, Any] = {"step": None, "due_at": None}


@dataclass(frozen=True)
class Spans:
    """How long what nobody describes takes.

    Attributes:
        dequeue: From the queue into the hands of a worker.
        stop: Until code that was told to stop has stopped.
        hook: What a hook may take.
    """

    dequeue: timedelta = timedelta(milliseconds=100)
    stop: timedelta = timedelta(milliseconds=500)
    hook: timedelta = timedelta(seconds=5)


def enqueued(now: int, ttl: str | None) -> dict[str, Any]:
    """Return the columns of a run that waits in a queue from now on.

    What a ttl means is counted from here; one that is no duration means nothing.
    """
    span = parse_duration(ttl) if ttl is not None else None
    expires_at = None if span is None else later(now, span)
    return {
        "status": RunStatus.PENDING,
        "queued_at": now,
        "expires_at": expires_at,
        "step": None if expires_at is None else RunStep.EXPIRE,
        "due_at": expires_at,
    }


class Transitions:
    """What can happen to a run; each method takes it at its word of before.

    Args:
        tasks: Those that are deployed, by their id.
        version: The version that they are deployed as.
        spans: How long what nobody describes takes.
        queues: The names of those that are deployed, as stored.
        stores_packets: Whether large payloads and outputs go into the object store.
    """

    def __init__(
        self,
        tasks: Mapping[str, Task],
        version: str,
        spans: Spans,
        queues: Collection[str],
        *,
        stores_packets: bool = True,
    ) -> None:
        self._tasks = tasks
        self._version = version
        self._spans = spans
        self.stores_packets = stores_packets
        self._queues = frozenset(queues)

    def take_step(
        self, connection: Connection, run: Run, now: int
    ) -> HookMoment | None:
        """Do what is due; return the moment at which a hook runs, if one does."""
        match run.step:
            case RunStep.ENQUEUE:
                update_run(connection, run, now=now, **enqueued(now, run.ttl))
            case RunStep.EXPIRE:
                self._expire(connection, run, now)
            case RunStep.START_ATTEMPT:
                return self._start_attempt(connection, run, now)
            case RunStep.PROGRESS:
                return self._progress(connection, run, now)
            case RunStep.WAIT:
                waiting.begin(connection, run, _plan(run), now)
            case RunStep.RESUME:
                waiting.ask_for_place(connection, run, now)
            case RunStep.END_ATTEMPT:
                return self._end_attempt(connection, run, now)
            case RunStep.STOP:
                self._await_record(connection, run, now)
                return moments.canceled(run, _plan(run), now)
            case RunStep.RECORD:
                self.record(connection, run, now)
        return None

    def dequeue(self, connection: Connection, run: Run, now: int) -> None:
        """PENDING → DEQUEUED, or PENDING_VERSION when no version holds the task."""
        if not self.is_deployed(run.task, run.queue):
            update_run(connection, run, now=now, status=RunStatus.PENDING_VERSION)
            return
        update_run(
            connection,
            run,
            now=now,
            status=RunStatus.DEQUEUED,
            locked_at=now,
            version=self._version,
            expires_at=None,
            step=RunStep.START_ATTEMPT,
            due_at=now + _ms(self._spans.dequeue),
        )

    def has_task(self, task: str) -> bool:
        """Whether there is such a task."""
        return task in self._tasks

    def is_scheduled(self, task: str) -> bool:
        """Whether schedules can trigger a task."""
        found = self._tasks.get(task)
        return found is not None and found.is_scheduled

    def queue_of(self, task: str) -> str:
        """Return the queue that runs of a task go to by themselves."""
        found = self._tasks.get(task)
        return queue_of_task(task) if found is None else stored_name(found)

    def is_deployed(self, task: str, queue: str) -> bool:
        """Whether a worker could run a task from a queue: there are both."""
        return task in self._tasks and queue in self._queues

    def deploy(self, connection: Connection, run: Run, now: int) -> None:
        """PENDING_VERSION → PENDING: now there is a version that holds it."""
        update_run(connection, run, now=now, status=RunStatus.PENDING)

    def cancel(self, connection: Connection, run: Run, now: int) -> None:
        """Any status → CANCELED, at once; a terminal one stays.

        What a worker has still has to stop: only then it is finished. What none had
        never gets an instant at which it finished.
        """
        if run.status in TERMINAL:
            return
        step: dict[str, Any]
        if run.step is RunStep.RECORD:
            # Its last hook has run: the code is over.
            step = {}
        elif run.status is RunStatus.EXECUTING:
            step = {"step": RunStep.STOP, "due_at": now + _ms(self._spans.stop)}
        elif run.status in WITH_WORKER:
            step = {"step": RunStep.RECORD, "due_at": now + _ms(self._spans.stop)}
        else:
            step = {**_NO_STEP, "expires_at": None}
        update_run(
            connection,
            run,
            now=now,
            status=RunStatus.CANCELED,
            error=run_errors.of_cancel(),
            **step,
        )
        for child in children_of(connection, run):
            self.cancel(connection, child, now)

    def resume(self, connection: Connection, run: Run, now: int) -> None:
        """WAITING_TO_RESUME → EXECUTING: it has its place again."""
        waiting.end(connection, run, _plan(run), now)

    def record(self, connection: Connection, run: Run, now: int) -> None:
        """Write down the end of an attempt whose last hook has run.

        EXECUTING → COMPLETED_SUCCESSFULLY or COMPLETED_WITH_ERRORS; a canceled run
        only now has stopped.
        """
        end: dict[str, Any] = {**_NO_STEP, "completed_at": now}
        if run.status is RunStatus.EXECUTING:
            plan = _plan(run)
            end["usage_ms"] = run.usage_ms + plan.duration_ms
            if plan.thrown is None:
                end["status"] = RunStatus.COMPLETED_SUCCESSFULLY
                end |= self._output(connection, run, plan)
            else:
                end["status"] = RunStatus.COMPLETED_WITH_ERRORS
                end["error"] = run_errors.of_thrown(plan.thrown)
        update_run(connection, run, now=now, **end)

    def _output(
        self, connection: Connection, run: Run, plan: AttemptPlan
    ) -> dict[str, Any]:
        output, kind = write_json(plan.output), JSON_TYPE
        if not self.stores_packets:
            return {"output": output, "output_type": kind}
        told, kind = packets.moved(
            connection,
            f"{run.id}/output.json",
            output,
            kind,
            limit=packets.MAX_OUTPUT_BYTES,
        )
        return {"output": told, "output_type": kind}

    def _expire(self, connection: Connection, run: Run, now: int) -> None:
        update_run(
            connection,
            run,
            now=now,
            status=RunStatus.EXPIRED,
            expired_at=now,
            completed_at=now,
            error=run_errors.of_expiry(run.ttl or ""),
            **_NO_STEP,
        )

    def _start_attempt(
        self, connection: Connection, run: Run, now: int
    ) -> HookMoment | None:
        task = self._tasks.get(run.task)
        if task is None:
            update_run(
                connection,
                run,
                now=now,
                status=RunStatus.PENDING_VERSION,
                **_NO_STEP,
            )
            return None
        attempt = run.attempt + 1
        plan = plan_attempt(
            with_retries_of_job(task, run.metadata_object),
            packets.payload_of(connection, run),
            Attempt(attempt, run.id),
            max_attempts=run.max_attempts,
            max_duration=run.max_duration,
        )
        started = update_run(
            connection,
            run,
            now=now,
            status=RunStatus.EXECUTING,
            attempt=attempt,
            attempt_started_at=now,
            started_at=run.started_at or now,
            plan=plan.to_json(),
            steps_done=0,
            waits_done=0,
            waited_ms=0,
            **next_step(plan, now),
        )
        return moments.attempt_started(started, plan, now)

    def _progress(
        self, connection: Connection, run: Run, now: int
    ) -> HookMoment | None:
        plan, done = _plan(run), run.steps_done + 1
        step = plan.steps[run.steps_done]
        moved = update_run(
            connection,
            run,
            now=now,
            metadata=_with_progress(run, step, now),
            steps_done=done,
            **next_step(plan, began_at(run, now), steps=done, waits=run.waits_done),
        )
        is_told = step.tells or step.log is not None
        return moments.progressed(moved, plan, step, now) if is_told else None

    def _end_attempt(
        self, connection: Connection, run: Run, now: int
    ) -> HookMoment | None:
        plan = _plan(run)
        usage_ms = run.usage_ms + plan.duration_ms
        if plan.times_out:
            # The process was killed, so no hook runs.
            update_run(
                connection,
                run,
                now=now,
                status=RunStatus.TIMED_OUT,
                completed_at=now,
                usage_ms=usage_ms,
                error=run_errors.of_timeout(),
                **_NO_STEP,
            )
            return None
        if plan.crash is not None:
            failed = plan.crash.code in PLATFORM_FAILURES
            update_run(
                connection,
                run,
                now=now,
                status=RunStatus.SYSTEM_FAILURE if failed else RunStatus.CRASHED,
                completed_at=now,
                usage_ms=usage_ms,
                error=run_errors.of_crash(plan.crash.code, plan.crash.message),
                **_NO_STEP,
            )
            return None
        if plan.thrown is not None and plan.retry_after_ms is not None:
            update_run(
                connection,
                run,
                now=now,
                status=RunStatus.RETRYING_AFTER_FAILURE,
                usage_ms=usage_ms,
                step=RunStep.START_ATTEMPT,
                due_at=now + plan.retry_after_ms,
            )
            return None
        self._await_record(connection, run, now)
        return moments.attempt_ended(run, plan, now)

    def _await_record(self, connection: Connection, run: Run, now: int) -> None:
        """Leave the run as it is until its last hook has run, or has taken too long."""
        # Not an update that anybody could see: `updated_at` stays.
        update_run(
            connection,
            run,
            now=run.updated_at,
            step=RunStep.RECORD,
            due_at=now + _ms(self._spans.hook),
        )


def _plan(run: Run) -> AttemptPlan:
    if run.plan is None:
        raise ValueError(f"{run.id} is {run.status} and has no plan")
    return AttemptPlan.from_json(run.plan)


def _with_progress(run: Run, step: Step, now: int) -> str:
    told = {
        "fraction": step.fraction,
        "message": step.message,
        "updatedAt": iso(now),
    }
    progress = {name: value for name, value in told.items() if value is not None}
    shown = {"progress": progress} if step.tells else {}
    return write_json({**(run.metadata_object or {}), **shown, **(step.metadata or {})})


def _ms(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)
