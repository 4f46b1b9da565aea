"""A client for the management API of Trigger.dev that knows nothing of Jobwire.

`TriggerDevClient` calls the API, `construct_event` takes in webhooks. Needs httpx and
nothing else.
"""

from jobwire.triggerdev.alerts import (
    Alert,
    DeployedCommit,
    DeployedTask,
    DeploymentFailedAlert,
    DeploymentSucceededAlert,
    ErrorGroupAlert,
    OldRunFailedAlert,
    RunFailedAlert,
    UnknownEvent,
    read_alert,
)
from jobwire.triggerdev.batches import (
    Batch,
    BatchItem,
    BatchItemError,
    BatchNotSealedError,
    BatchStatus,
    CreatedBatch,
    SentItems,
)
from jobwire.triggerdev.bulk_actions import (
    BulkAction,
    BulkActionPage,
    BulkActionStatus,
)
from jobwire.triggerdev.client import (
    TriggerDevClient,
)
from jobwire.triggerdev.debounce import (
    Debounce,
)
from jobwire.triggerdev.errors import (
    ApiConnectionError,
    ApiStatusError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    InvalidOptionError,
    InvalidSignatureError,
    MalformedAlertError,
    MalformedEventError,
    MalformedResponseError,
    NotFoundError,
    OutputTooLargeError,
    PermissionDeniedError,
    RateLimitedError,
    RequestTooLargeError,
    ServerError,
    TriggerDevError,
    UnprocessableError,
)
from jobwire.triggerdev.hook_events import (
    HookEvent,
    Progress,
    read_hook_event,
)
from jobwire.triggerdev.idempotency_keys import (
    IdempotencyKey,
    create_idempotency_key,
)
from jobwire.triggerdev.listing import (
    ProjectScope,
    RunFilter,
)
from jobwire.triggerdev.queues import (
    CustomQueue,
    Queue,
    QueueConcurrency,
    QueueName,
    QueuePage,
    QueueType,
    TaskQueue,
)
from jobwire.triggerdev.rate_limit import (
    RateLimit,
)
from jobwire.triggerdev.realtime.run import (
    RealtimeRun,
)
from jobwire.triggerdev.realtime.subscription import (
    RunSubscription,
)
from jobwire.triggerdev.retries import (
    RetryPolicy,
)
from jobwire.triggerdev.run_error import (
    RunError,
)
from jobwire.triggerdev.run_metadata import (
    MetadataOperation,
)
from jobwire.triggerdev.run_results import (
    RunResult,
)
from jobwire.triggerdev.runs import (
    RelatedRun,
    RelatedRuns,
    Run,
    RunPage,
    RunSchedule,
    RunSummary,
)
from jobwire.triggerdev.schedules import (
    Schedule,
    ScheduleEnvironment,
    SchedulePage,
)
from jobwire.triggerdev.sent_request import (
    SentRequest,
)
from jobwire.triggerdev.signature import (
    Verified,
    sign_hex,
    sign_standard,
    verify,
)
from jobwire.triggerdev.statuses import (
    TERMINAL,
    RunStatus,
)
from jobwire.triggerdev.time_zones import (
    time_zones,
)
from jobwire.triggerdev.timeouts import (
    Timeouts,
)
from jobwire.triggerdev.token_filter import (
    WaitpointTokenFilter,
)
from jobwire.triggerdev.traces import (
    SpanDetail,
    Trace,
    TraceSpan,
)
from jobwire.triggerdev.trigger_options import (
    IdempotencyKeyOptions,
    Triggered,
    TriggerOptions,
)
from jobwire.triggerdev.uploads import (
    StoredPacket,
)
from jobwire.triggerdev.waiting import (
    PollPace,
    WaitTimeoutError,
)
from jobwire.triggerdev.waitpoint_tokens import (
    CreatedWaitpointToken,
    WaitpointToken,
    WaitpointTokenPage,
    WaitpointTokenStatus,
)
from jobwire.triggerdev.webhooks import (
    construct_event,
)

__all__ = [
    "TERMINAL",
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
]
