"""How many operations each user and each API key may start, in one process."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from jobwire.jobs.errors import RateLimitedError
from jobwire.jobs.token_buckets import Bucket, TokenBuckets
from jobwire.jobs.viewer import Viewer


class OperationKind(StrEnum):
    """What is counted, each as one."""

    QUERY = "query"
    #: One field of a mutation: each has a transaction of its own.
    MUTATION = "mutation"
    #: The start of one; what it is told later is free.
    SUBSCRIPTION = "subscription"


class Limit(StrEnum):
    """What has a limit of its own."""

    USER = "user"
    API_KEY = "api_key"


_NAMES = {Limit.USER: "user", Limit.API_KEY: "API key"}

#: Told of each refusal.
OnRefusal = Callable[[OperationKind, Limit], None]


class RateLimits:
    """Counts what is asked for; nothing is written anywhere.

    A user may start as many operations at once as a minute allows, and then as many as
    time brings. Every process counts by itself.

    Args:
        per_minute: How many operations each user may start; None: any number.
        on_refusal: Told of each refusal.
    """

    def __init__(
        self,
        per_minute: int | None = None,
        *,
        on_refusal: OnRefusal = lambda _, __: None,
    ) -> None:
        self._per_minute = per_minute
        self._on_refusal = on_refusal
        self._buckets = TokenBuckets()

    def count(self, viewer: Viewer, kind: OperationKind, *, now: datetime) -> None:
        """Count an operation against its user and, if it has a limit, its API key.

        Raises:
            RateLimitedError: One of them has none left; then it counts for neither.
        """
        buckets = []
        # A text and a UUID: no key is both a user's and an API key's.
        if self._per_minute is not None:
            buckets.append(Bucket(viewer.user_id, self._per_minute))
        if viewer.api_key_per_minute is not None:
            buckets.append(Bucket(viewer.api_key_id, viewer.api_key_per_minute))
        short = self._buckets.take(buckets, now=now)
        if short is None:
            return
        is_users = short.bucket.key == viewer.user_id
        limit = Limit.USER if is_users else Limit.API_KEY
        self._on_refusal(kind, limit)
        raise RateLimitedError(_NAMES[limit], short.bucket.per_minute, short.wait)
