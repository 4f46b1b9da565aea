import ast
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import jobwire.triggerdev
from jobwire.triggerdev.version import VERSION

FOLDER = Path(jobwire.triggerdev.__file__).parent


def test_the_public_names_are_these() -> None:
    assert set(jobwire.triggerdev.__all__) == {
        "Alert",
        "ApiConnectionError",
        "ApiStatusError",
        "AuthenticationError",
        "BadRequestError",
        "Batch",
        "BatchItem",
        "BatchItemError",
        "BatchNotSealedError",
        "BatchStatus",
        "BulkAction",
        "BulkActionPage",
        "BulkActionStatus",
        "ConflictError",
        "CreatedBatch",
        "CreatedWaitpointToken",
        "CustomQueue",
        "Debounce",
        "DeployedCommit",
        "DeployedTask",
        "DeploymentFailedAlert",
        "DeploymentSucceededAlert",
        "ErrorGroupAlert",
        "HookEvent",
        "IdempotencyKey",
        "IdempotencyKeyOptions",
        "InvalidOptionError",
        "InvalidSignatureError",
        "MalformedAlertError",
        "MalformedEventError",
        "MalformedResponseError",
        "MetadataOperation",
        "NotFoundError",
        "OldRunFailedAlert",
        "OutputTooLargeError",
        "PermissionDeniedError",
        "PollPace",
        "Progress",
        "ProjectScope",
        "Queue",
        "QueueConcurrency",
        "QueueName",
        "QueuePage",
        "QueueType",
        "RateLimit",
        "RateLimitedError",
        "RealtimeRun",
        "RelatedRun",
        "RelatedRuns",
        "RequestTooLargeError",
        "RetryPolicy",
        "Run",
        "RunError",
        "RunFailedAlert",
        "RunFilter",
        "RunPage",
        "RunResult",
        "RunSchedule",
        "RunStatus",
        "RunSubscription",
        "RunSummary",
        "Schedule",
        "ScheduleEnvironment",
        "SchedulePage",
        "SentItems",
        "SentRequest",
        "ServerError",
        "SpanDetail",
        "StoredPacket",
        "TERMINAL",
        "TaskQueue",
        "Timeouts",
        "Trace",
        "TraceSpan",
        "TriggerDevClient",
        "TriggerDevError",
        "TriggerOptions",
        "Triggered",
        "UnknownEvent",
        "UnprocessableError",
        "Verified",
        "WaitTimeoutError",
        "WaitpointToken",
        "WaitpointTokenFilter",
        "WaitpointTokenPage",
        "WaitpointTokenStatus",
        "construct_event",
        "create_idempotency_key",
        "read_alert",
        "read_hook_event",
        "sign_hex",
        "sign_standard",
        "time_zones",
        "verify",
    }


def test_every_public_error_is_in_the_tree_that_is_drawn() -> None:
    drawn = sys.modules["jobwire.triggerdev.errors"].__doc__

    told = {"RunError", "BatchItemError"}  # told by the server, raised by nobody
    errors = [name for name in jobwire.triggerdev.__all__ if name.endswith("Error")]

    assert [name for name in errors if name not in told and name not in drawn] == []


@pytest.mark.parametrize(
    "path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem
)
def test_a_module_needs_httpx_and_nothing_else(path: Path) -> None:
    roots = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }

    foreign = {
        root
        for root in roots
        if root.split(".")[0] not in {*sys.stdlib_module_names, "httpx"}
        and not root.startswith("jobwire.triggerdev.")
    }
    assert foreign == set()


def test_the_import_loads_nothing_else_of_jobwire() -> None:
    code = "import jobwire.triggerdev, sys; print(*sys.modules)"

    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()

    ours = {name for name in loaded if name.startswith("jobwire.")}
    assert {name for name in ours if not name.startswith("jobwire.triggerdev")} == set()


def test_the_version_is_that_of_the_distribution() -> None:
    assert version("jobwire") == VERSION
