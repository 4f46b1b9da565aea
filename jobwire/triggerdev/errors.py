"""The errors of the client: everything that a call to Trigger.dev can end with.

TriggerDevError
├── ApiConnectionError         no answer came
├── ApiStatusError             the answer is not a 2xx
│   ├── BadRequestError            400
│   ├── AuthenticationError        401
│   ├── PermissionDeniedError      403
│   ├── NotFoundError              404
│   ├── ConflictError              409
│   ├── RequestTooLargeError       413
│   ├── UnprocessableError         422
│   ├── RateLimitedError           429
│   └── ServerError                500 and above
├── MalformedResponseError     a 2xx that cannot be read
├── OutputTooLargeError        an output above the caller's limit
├── BatchNotSealedError        a batch that still lacks items
├── WaitTimeoutError           a run that has not ended by the caller's deadline
├── InvalidOptionError         refused here, nothing was sent (a ValueError too)
├── InvalidSignatureError      a webhook that nobody with the secret has signed
└── MalformedEventError        a webhook that is signed and cannot be read
    └── MalformedAlertError        an alert that does not look like one

Each tells what was sent (`request`), whether the same may succeed later
(`is_retryable`), whether the server may have done it (`outcome_unknown`) and whether
sending it again cannot do it twice (`is_safe_to_retry`).

Messages hold the method, the path without its query, the status and the server's
own words, cut to `server_words.MAX_WORDS`; never a key, never a presigned URL and never
the credentials of a proxy.
"""

from collections.abc import Mapping
from datetime import datetime

import httpx

from jobwire.triggerdev.rate_limit import retry_at
from jobwire.triggerdev.sent_request import SentRequest
from jobwire.triggerdev.server_words import (
    Classified,
    classification,
    cut,
    server_words,
)

#: No connection came about, so no byte of the request was sent.
_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.InvalidURL,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
#: Trouble of the wire that the same request would only meet again.
_HOPELESS = (httpx.LocalProtocolError, httpx.UnsupportedProtocol)
_RETRYABLE_STATUSES = frozenset({408, 409, 429})
_REDIRECTS = range(300, 400)
_SERVER_ERRORS = 500


class TriggerDevError(Exception):
    """A call that did not do what was asked.

    Attributes:
        message: What was asked, and what came instead.
        outcome_unknown: True: the server may have accepted what was sent, in one of
            its attempts. False: it certainly did not.
        is_retryable: Whether the same request may succeed later.
        is_safe_to_retry: True: sending the same again cannot do it twice, since
            nothing was done or since the server does it once anyway.
        request: What was sent; None: nothing was, or it was no call.
    """

    def __init__(
        self,
        message: str,
        *,
        outcome_unknown: bool = False,
        is_retryable: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.outcome_unknown = outcome_unknown
        self.is_retryable = is_retryable
        self.is_safe_to_retry = not outcome_unknown
        self.request: SentRequest | None = None


class ApiConnectionError(TriggerDevError):
    """No answer came: not connected, or the connection broke or stayed silent.

    The outcome is known only when no byte of the request was sent.

    Attributes:
        method, path: What was asked.
    """

    def __init__(
        self,
        method: str,
        path: str,
        error: Exception | str,
        *,
        was_sent: bool | None = None,
    ) -> None:
        """Translate any exception of httpx, or take a reason of our own.

        Args:
            method: What was asked.
            path: Without its query.
            error: What came instead of an answer.
            was_sent: Whether a byte of the request was; None: nobody knows.
        """
        self.method = method
        self.path = path
        never_sent = isinstance(error, _NEVER_SENT) or was_sent is False
        what = "could not be sent" if never_sent else "got no answer"
        super().__init__(
            f"{method} {path} {what} ({_found(error)}).",
            outcome_unknown=not never_sent,
            is_retryable=isinstance(error, httpx.TransportError | str)
            and not isinstance(error, _HOPELESS),
        )


def _found(error: Exception | str) -> str:
    if isinstance(error, str):
        return error
    name = type(error).__name__
    # Later errors may quote the request, and with it the key.
    is_early = isinstance(error, _NEVER_SENT) and str(error)
    return f"{name}: {cut(str(error))}" if is_early else name


class ApiStatusError(TriggerDevError):
    """An answer that is not a 2xx.

    Attributes:
        method, path: What was asked.
        status: The HTTP status.
        headers: Those of the answer; their names know no case.
        body: The answer as JSON, or the first of its text.
        code, type, param: How the body classifies the error, such as
            `scopes_exceed_key_access`; None: it does not.
        retry_at: When to ask again, in UTC; None: the answer does not say.
    """

    def __init__(
        self,
        method: str,
        path: str,
        *,
        status: int,
        headers: Mapping[str, str],
        body: object,
        retry_at: datetime | None = None,
    ) -> None:
        self.method = method
        self.path = path
        self.status = status
        self.headers = httpx.Headers(headers)
        self.body = body
        self.retry_at = retry_at
        told: Classified = classification(body)
        self.code, self.type, self.param = told
        words = server_words(body)
        if status in _REDIRECTS:
            target = self.headers.get("location", "nowhere").partition("?")[0]
            words = f"it redirects to {target}, and redirects are not followed"
        super().__init__(
            f"{method} {path} answered {status}{': ' if words else '.'}{cut(words)}",
            outcome_unknown=status >= _SERVER_ERRORS and method != "GET",
            is_retryable=self._is_retryable(),
        )

    def _is_retryable(self) -> bool:
        told: str | None = self.headers.get("x-should-retry")
        if told in {"true", "false"}:
            return told == "true"
        return self.status in _RETRYABLE_STATUSES or self.status >= _SERVER_ERRORS


class BadRequestError(ApiStatusError):
    """400: the server cannot read the request."""


class AuthenticationError(ApiStatusError):
    """401: the key is not valid."""


class PermissionDeniedError(ApiStatusError):
    """403: the key is valid, but not for this."""


class NotFoundError(ApiStatusError):
    """404: there is no such thing in the environment of the key.

    A run that was just triggered can be missing for a moment.
    """


class ConflictError(ApiStatusError):
    """409: the thing is not in a state that allows it."""


class UnprocessableError(ApiStatusError):
    """422: the server read the request and refuses it."""


class RequestTooLargeError(ApiStatusError):
    """413: the request, or metadata in it, has more bytes than the server takes."""


class RateLimitedError(ApiStatusError):
    """429: too many requests; nothing was done."""

    @property
    def reset_at(self) -> datetime | None:
        """When to ask again, in UTC; None: the answer does not say."""
        return self.retry_at


class ServerError(ApiStatusError):
    """500 and above: the server failed, after it may have done a part."""


class MalformedResponseError(TriggerDevError):
    """A 2xx that cannot be read: the server did something, and did not say what."""

    def __init__(self, message: str) -> None:
        super().__init__(message, outcome_unknown=True)


class OutputTooLargeError(TriggerDevError):
    """An output above the caller's limit.

    Attributes:
        run_id: The run whose output it is.
        limit: The limit, in bytes.
    """

    def __init__(self, run_id: str, limit: int) -> None:
        self.run_id = run_id
        self.limit = limit
        super().__init__(
            f"The output of {run_id} is larger than the limit of {limit:,} bytes."
        )


class InvalidOptionError(TriggerDevError, ValueError):
    """A value that the server would refuse or silently ignore; nothing was sent.

    Attributes:
        option: The name of the argument.
    """

    def __init__(self, option: str, must: str) -> None:
        self.option = option
        super().__init__(f"{option} must {must}.")


class InvalidSignatureError(TriggerDevError):
    """A webhook that is unsigned, too old or not signed with a secret of ours.

    Attributes:
        reason: Which of these, as the end of a sentence.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"The webhook is refused: {reason}.")


class MalformedEventError(TriggerDevError):
    """A webhook that is signed with a secret of ours and cannot be read."""


class MalformedAlertError(MalformedEventError):
    """An alert that does not look like one of Trigger.dev's."""


_TOO_MANY_REQUESTS = 429
_BY_STATUS: Mapping[int, type[ApiStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    413: RequestTooLargeError,
    422: UnprocessableError,
    _TOO_MANY_REQUESTS: RateLimitedError,
}


def status_error(
    method: str,
    path: str,
    *,
    status: int,
    headers: Mapping[str, str],
    body: object,
    now: datetime,
) -> ApiStatusError:
    """Return the error that an answer is."""
    kind = ServerError if status >= _SERVER_ERRORS else _BY_STATUS.get(status)
    limited = status == _TOO_MANY_REQUESTS
    return (kind or ApiStatusError)(
        method,
        path,
        status=status,
        headers=headers,
        body=body,
        retry_at=retry_at(headers, limited=limited, now=now),
    )
