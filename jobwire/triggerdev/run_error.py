"""Why a run failed, read from the two shapes in which Trigger.dev tells it."""

from dataclasses import dataclass

from jobwire.triggerdev.fields import Fields


@dataclass(frozen=True, slots=True)
class RunError:
    """Why a run failed.

    Attributes:
        message: The server's or the code's words; may be empty.
        name: The class of the error, or Trigger.dev's code; None: not told.
        stack_trace: Of the language of the task; None: not told.
    """

    message: str
    name: str | None = None
    stack_trace: str | None = None


def read_run_error(fields: Fields | None) -> RunError | None:
    """Read the `error` of a retrieved run."""
    if fields is None:
        return None
    return RunError(
        fields.optional_text("message") or "",
        fields.optional_text("name"),
        fields.optional_text("stackTrace"),
    )


def read_task_run_error(fields: Fields | None) -> RunError | None:
    """Read the raw `TaskRunError` of alerts.

    It is a union of errors of the language, strings, anything that was thrown, and
    Trigger.dev's own; a member that is not known yet is read as far as it goes.
    """
    if fields is None:
        return None
    code = fields.optional_text("code")
    message = fields.optional_text("message") or fields.optional_text("raw")
    if not message and code:
        # The words of the API for the same error, so that both tell the same.
        message = f"trigger.dev internal error ({code})"
    return RunError(
        message or "",
        fields.optional_text("name") or code,
        fields.optional_text("stackTrace"),
    )
