"""Tasks that behave as those of the recording did."""

from typing import Any

from jobwire.emulator import Attempt, Retry, Step, Task, TaskError, Wait

_CHILD = Wait(after=2.9, child="hello", payload={"name": "child"})
_PROGRESS = [Step(after=0.01, metadata={"progress": 1})]


def _greeting(payload: Any, attempt: int) -> dict[str, Any]:
    assert isinstance(attempt, Attempt)
    name = payload.get("name") if isinstance(payload, dict) else None
    return {
        "greeting": f"hello {name}",
        "runId": attempt.run_id,
        "attempt": int(attempt),
    }


def _boom(_: Any, __: int) -> TaskError:
    return TaskError('boom: {"x":1}')


def _wrong_type(payload: Any, _: int) -> TaskError | None:
    if isinstance(payload.get("n"), int):
        return None
    return TaskError("n must be a number", code="TASK_INPUT_ERROR")


def _ticked(payload: Any, _: int) -> dict[str, Any]:
    return {
        "ts": payload["timestamp"],
        "last": payload["lastTimestamp"],
        "tz": payload["timezone"],
        "ext": payload["externalId"],
        "up": payload["upcoming"][:2],
    }


RECORDED_TASKS = (
    Task("hello", duration=0.02, progress=_PROGRESS, output=_greeting),
    Task(
        "boom",
        duration=0.05,
        error=_boom,
        retry=Retry(max_attempts=2, min_seconds=1.0),
    ),
    Task("slow", duration=lambda payload, _: payload["seconds"], output="done"),
    Task("waiter", waits=[Wait(after=0, seconds=2.0)], output={"waited": True}),
    # Its child was made after both of the recorded batches.
    Task("parent", duration=3.0, waits=[_CHILD], output={"child": None}),
    Task(
        "typed",
        duration=0.05,
        error=_wrong_type,
        output=lambda payload, _: {"double": payload["n"] * 2},
    ),
    Task("cron-task", duration=0.03, output=_ticked, is_scheduled=True),
)
