"""Token buckets: what is left to each of many, as time goes on."""

from collections import OrderedDict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

#: However many come in one minute, no more buckets are remembered.
MAX_BUCKETS = 100_000

_MINUTE = 60_000_000_000
_MICROSECOND = timedelta(microseconds=1)
#: Buckets that are looked at with each take: more than one take can add.
_LOOKS = 3


class Bucket(NamedTuple):
    """One bucket. It holds what one minute brings, and fills evenly.

    Attributes:
        key: Whose it is.
        per_minute: How many tokens one minute brings, from 1 on.
    """

    key: Hashable
    per_minute: int

    @property
    def interval(self) -> int:
        """How long one token takes to come, in ns, never too short."""
        return -(-_MINUTE // self.per_minute)


@dataclass(frozen=True, slots=True)
class Shortage:
    """Why nothing was taken.

    Attributes:
        bucket: The one that lacks a token, of several the one that lacks it longest.
        wait: When it will have one, in whole milliseconds.
    """

    bucket: Bucket
    wait: timedelta


class TokenBuckets:
    """The buckets of many; one that is full is not remembered.

    Of each only the time is kept at which it will be full again. Time never goes back
    here: while a clock does, it stands still, and nobody gains or loses by it.
    """

    def __init__(self) -> None:
        #: In ns of our own time; those that were not looked at for longest come first.
        self._full_at: OrderedDict[Hashable, int] = OrderedDict()
        self._time = 0
        self._read: datetime | None = None

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, buckets: Iterable[Bucket], *, now: datetime) -> Shortage | None:
        """Take a token from each of some buckets, or from none of them.

        Returns:
            Why none was taken; None: one was, from each.
        """
        self._advance(now)
        full_at: dict[Hashable, int] = {}
        longest, short = 0, None
        for bucket in buckets:
            interval = bucket.interval
            at = max(self._full_at.get(bucket.key, 0), self._time) + interval
            full_at[bucket.key] = at
            wait = at - self._time - interval * bucket.per_minute
            if wait > longest:
                longest, short = wait, bucket
        if short is not None:
            return Shortage(short, timedelta(milliseconds=-(-longest // 1_000_000)))
        for key, at in full_at.items():
            self._full_at[key] = at
            self._full_at.move_to_end(key)
        self._forget()
        return None

    def _advance(self, now: datetime) -> None:
        if self._read is not None and now > self._read:
            self._time += (now - self._read) // _MICROSECOND * 1000
        self._read = now

    def _forget(self) -> None:
        for _ in range(min(_LOOKS, len(self._full_at))):
            key = next(iter(self._full_at))
            if self._full_at[key] <= self._time:
                del self._full_at[key]
            else:
                self._full_at.move_to_end(key)
        while len(self._full_at) > MAX_BUCKETS:
            self._full_at.popitem(last=False)
