"""A client for the management API of Trigger.dev that knows nothing of Jobwire.

`TriggerDevClient` calls the API, `verify` and `read_alert` take in webhooks. Needs
httpx and nothing else.
"""

from jobwire.triggerdev.alerts import RunFailedAlert, read_alert
from jobwire.triggerdev.client import TriggerDevClient
from jobwire.triggerdev.errors import (
    ApiConnectionError,
    ApiStatusError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    InvalidOptionError,
    InvalidSignatureError,
    MalformedAlertError,
    MalformedResponseError,
    NotFoundError,
    OutputTooLargeError,
    PermissionDeniedError,
    RateLimitedError,
    ServerError,
    TriggerDevError,
    UnprocessableError,
)
from jobwire.triggerdev.rate_limit import RateLimit
from jobwire.triggerdev.retries import RetryPolicy
from jobwire.triggerdev.run_error import RunError
from jobwire.triggerdev.runs import Run, RunPage, RunSummary
from jobwire.triggerdev.signature import Verified, sign_hex, sign_standard, verify
from jobwire.triggerdev.statuses import TERMINAL, RunStatus
from jobwire.triggerdev.trigger_options import Triggered, TriggerOptions

__all__ = [
    "TERMINAL",
    "ApiConnectionError",
    "ApiStatusError",
    "AuthenticationError",
    "BadRequestError",
    "ConflictError",
    "InvalidOptionError",
    "InvalidSignatureError",
    "MalformedAlertError",
    "MalformedResponseError",
    "NotFoundError",
    "OutputTooLargeError",
    "PermissionDeniedError",
    "RateLimit",
    "RateLimitedError",
    "RetryPolicy",
    "Run",
    "RunError",
    "RunFailedAlert",
    "RunPage",
    "RunStatus",
    "RunSummary",
    "ServerError",
    "TriggerDevClient",
    "TriggerDevError",
    "TriggerOptions",
    "Triggered",
    "UnprocessableError",
    "Verified",
    "read_alert",
    "sign_hex",
    "sign_standard",
    "verify",
]
