"""Hook moments, made of a run and the plan of its attempt."""

from typing import Any

from jobwire.emulator.attempt_plan import AttemptPlan
from jobwire.emulator.clock import from_ms
from jobwire.emulator.hook_moments import (
    HookError,
    HookKind,
    HookLine,
    HookMoment,
    HookProgress,
)
from jobwire.emulator.run import Run
from jobwire.emulator.task import Step


def attempt_started(run: Run, plan: AttemptPlan, now: int) -> HookMoment:
    """An attempt begins."""
    return _moment("START_ATTEMPT", run, plan, now)


def progressed(run: Run, plan: AttemptPlan, step: Step, now: int) -> HookMoment:
    """An attempt tells how far it is, or logs a line."""
    progress = HookProgress(step.fraction, step.message) if step.tells else None
    line = None
    if step.log is not None:
        fields = None if step.fields is None else dict(step.fields)
        line = HookLine(step.level, step.log, fields)
    return _moment("PROGRESS", run, plan, now, progress=progress, line=line)


def attempt_ended(run: Run, plan: AttemptPlan, now: int) -> HookMoment:
    """The last attempt is over."""
    if plan.thrown is None:
        return _moment("SUCCESS", run, plan, now, output=plan.output)
    thrown = plan.thrown
    error = HookError(thrown.name, thrown.message, thrown.stack)
    return _moment("FAILURE", run, plan, now, error=error)


def canceled(run: Run, plan: AttemptPlan, now: int) -> HookMoment:
    """An attempt was told to stop."""
    return _moment("CANCEL", run, plan, now)


def _moment(
    kind: HookKind, run: Run, plan: AttemptPlan, now: int, **more: Any
) -> HookMoment:
    return HookMoment(
        kind=kind,
        run_id=run.id,
        task_identifier=run.task,
        attempt=run.attempt,
        attempt_started_at=from_ms(run.attempt_started_at or now),
        run_started_at=from_ms(run.started_at or now),
        created_at=from_ms(run.created_at),
        tags=run.tag_list,
        metadata=run.metadata_object,
        payload=run.payload_json,
        max_attempts=plan.max_attempts,
        occurred_at=from_ms(now),
        **more,
    )
