"""The result of a run, as its own route tells it."""

from dataclasses import dataclass
from typing import Any

from jobwire.triggerdev.errors import MalformedResponseError
from jobwire.triggerdev.fields import Fields
from jobwire.triggerdev.packets import decode_packet
from jobwire.triggerdev.run_error import RunError, read_task_run_error


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run ended.

    Attributes:
        is_ok: Whether its code returned.
        output: Plain JSON; None: it failed, or returned nothing.
        error: Why it failed.
    """

    run_id: str
    is_ok: bool
    output: Any
    error: RunError | None


def read_result(body: object) -> RunResult:
    """Read the answer of asking for a result.

    Raises:
        MalformedResponseError: It has another shape.
    """
    fields = Fields(body, "the result", refuse=MalformedResponseError)
    output = fields.any("output")
    if isinstance(output, str):
        kind = fields.optional_text("outputType") or "application/json"
        output = decode_packet(kind, output.encode(errors="replace"))
    return RunResult(
        fields.text("id"),
        fields.flag("ok"),
        output,
        read_task_run_error(fields.optional_object("error")),
    )
