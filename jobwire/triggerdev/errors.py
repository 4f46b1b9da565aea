"""The errors of the client: everything that a call to Trigger.dev can end with.

TriggerDevError
├── ApiConnectionError         no answer came
├── ApiStatusError             the answer is not a 2xx
│   ├── BadRequestError            400
│   ├── AuthenticationError        401
│   ├── PermissionDeniedError      403
│   ├── NotFoundError              404
│   ├── ConflictError              409
│   ├── UnprocessableError         422
│   ├── RateLimitedError           429
│   └── ServerError                500 and above
├── MalformedResponseError     a 2xx that cannot be read
├── OutputTooLargeError        an output above the caller's limit
├── InvalidOptionError         refused here, nothing was sent (a ValueError too)
├── InvalidSignatureError      a webhook that nobody with the secret has signed
└── MalformedAlertError        an alert that does not look like one

Messages hold the method, the path without its query, the status and the server's
own words, cut to `server_words.MAX_WORDS`; never a key and never a presigned URL.
"""

from collections.abc import Mapping
from datetime import datetime

import httpx

from jobwire.triggerdev.rate_limit import reset_at
from jobwire.triggerdev.server_words import cut, server_words

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
        outcome_unknown: True: the server may have accepted what was sent, so that
            sending it again could do it twice. False: it certainly did not.
        is_retryable: Whether the same request may succeed later.
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


class ApiConnectionError(TriggerDevError):
    """No answer came: not connected, or the connection broke or stayed silent.

    The outcome is known only when no connection came about.

    Attributes:
        method, path: What was asked.
    """

    def __init__(self, method: str, path: str, error: Exception) -> None:
        """Translate any exception of httpx."""
        self.method = method
        self.path = path
        never_sent = isinstance(error, _NEVER_SENT)
        found = type(error).__name__
        # Later errors may quote the request, and with it the key.
        if never_sent and str(error):
            found = f"{found}: {cut(str(error))}"
        what = "could not be sent" if never_sent else "got no answer"
        super().__init__(
            f"{method} {path} {what} ({found}).",
            outcome_unknown=not never_sent,
            is_retryable=isinstance(error, httpx.TransportError)
            and not isinstance(error, _HOPELESS),
        )


class ApiStatusError(TriggerDevError):
    """An answer that is not a 2xx.

    Attributes:
        method, path: What was asked.
        status: The HTTP status.
        headers: Those of the answer; their names know no case.
        body: The answer as JSON, or the first of its text.
    """

    def __init__(
        self,
        method: str,
        path: str,
        *,
        status: int,
        headers: Mapping[str, str],
        body: object,
    ) -> None:
        self.method = method
        self.path = path
        self.status = status
        self.headers = httpx.Headers(headers)
        self.body = body
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


class RateLimitedError(ApiStatusError):
    """429: too many requests; nothing was done.

    Attributes:
        reset_at: When to ask again, in UTC; None: the answer does not say.
    """

    def __init__(
        self,
        method: str,
        path: str,
        *,
        status: int,
        headers: Mapping[str, str],
        body: object,
        reset_at: datetime | None,
    ) -> None:
        self.reset_at = reset_at
        super().__init__(method, path, status=status, headers=headers, body=body)


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


class MalformedAlertError(TriggerDevError):
    """An alert that does not look like one of Trigger.dev's."""


_BY_STATUS: Mapping[int, type[ApiStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: UnprocessableError,
}
_TOO_MANY_REQUESTS = 429


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
    if status == _TOO_MANY_REQUESTS:
        return RateLimitedError(
            method,
            path,
            status=status,
            headers=headers,
            body=body,
            reset_at=reset_at(headers, now=now),
        )
    kind = ServerError if status >= _SERVER_ERRORS else _BY_STATUS.get(status)
    return (kind or ApiStatusError)(
        method, path, status=status, headers=headers, body=body
    )
