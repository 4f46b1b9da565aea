"""Waits of attempts: how they begin and end, and what comes next.

A run that waits has no place in its queue; when what it waits for is over it asks for
one, and goes on when it has it.
"""

from sqlite3 import Connection
from typing import Any

from jobwire.emulator.attempt_plan import AttemptPlan
from jobwire.emulator.payloads import write_json
from jobwire.emulator.run import Run, RunStep, update_run
from jobwire.emulator.statuses import RunStatus

_IS_WAITING = "SELECT 1 FROM waitpoints WHERE id = ? AND status = 'WAITING'"


def next_step(
    plan: AttemptPlan, began: int, *, steps: int = 0, waits: int = 0
) -> dict[str, Any]:
    """Return the columns of what an attempt does next.

    Args:
        plan: Of the attempt.
        began: When it would have begun, had it not waited; milliseconds since 1970.
        steps: How many it has done.
        waits: How many it has waited.
    """
    wait = plan.waits[waits] if waits < len(plan.waits) else None
    if steps < len(plan.steps):
        step = plan.steps[steps]
        if wait is None or step.after <= wait.after:
            due_at = began + int(step.after * 1000)
            return {"step": RunStep.PROGRESS, "due_at": due_at}
    if wait is not None:
        return {"step": RunStep.WAIT, "due_at": began + int(wait.after * 1000)}
    return {"step": RunStep.END_ATTEMPT, "due_at": began + plan.duration_ms}


def began_at(run: Run, now: int) -> int:
    """Return when the attempt would have begun, had it not waited."""
    return (run.attempt_started_at or now) + run.waited_ms


def begin(connection: Connection, run: Run, plan: AttemptPlan, now: int) -> None:
    """EXECUTING → WAITING_TO_RESUME."""
    wait = plan.waits[run.waits_done]
    due_at = None if wait.seconds is None else now + int(wait.seconds * 1000)
    is_over = (
        wait.token is not None
        and connection.execute(_IS_WAITING, (wait.token,)).fetchone() is None
    )
    update_run(
        connection,
        run,
        now=now,
        status=RunStatus.WAITING_TO_RESUME,
        waits_for=wait.token,
        waiting_since=now,
        resumes=is_over,
        step=None if due_at is None else RunStep.RESUME,
        due_at=due_at,
    )
    if wait.child is not None:
        connection.execute(
            "INSERT INTO wanted_children VALUES (?, ?, ?, ?)",
            (run.id, wait.child, write_json(wait.payload), now),
        )


def ask_for_place(connection: Connection, run: Run, now: int) -> None:
    """Have a run go on as soon as its queue lets it."""
    update_run(connection, run, now=now, resumes=1, step=None, due_at=None)


def end(connection: Connection, run: Run, plan: AttemptPlan, now: int) -> None:
    """WAITING_TO_RESUME → EXECUTING."""
    waited_ms = run.waited_ms + now - (run.waiting_since or now)
    began = (run.attempt_started_at or now) + waited_ms
    done = run.waits_done + 1
    update_run(
        connection,
        run,
        now=now,
        status=RunStatus.EXECUTING,
        resumes=0,
        waits_for=None,
        waiting_since=None,
        waits_done=done,
        waited_ms=waited_ms,
        **next_step(plan, began, steps=run.steps_done, waits=done),
    )
