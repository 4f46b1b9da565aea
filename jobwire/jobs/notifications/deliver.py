"""Delivering: whose turn it is, and what becomes of each attempt.

A claim moves `next_attempt_at` to the end of its lease: a worker that dies leaves its
notifications to be sent again after it, and no other due column has to be looked at.
That instant is the fence as well: the end of an attempt counts only while it stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from jobwire.jobs.identifiers import NOTIFICATION_PREFIX, type_id
from jobwire.models.database import Connection
from jobwire.models.vocabulary import NotificationStatus

#: How long after each failed attempt the next one comes: that of Standard Webhooks. The
#: tenth failure is the last one.
WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
MAX_ATTEMPTS = len(WAITS) + 1
#: So much of a wait is added to it at most, for many that failed together to part.
SPREAD = 0.1
#: The longest `Retry-After` that is honoured.
LONGEST_RETRY_AFTER = timedelta(hours=24)
#: The longest error that is kept, in characters.
MAX_ERROR_LENGTH = 500
GONE = 410
_SERVER_ERRORS = 500
#: Request Timeout and Too Many Requests.
_OVERLOADED = (408, 429)

_CLAIM = """
WITH due AS MATERIALIZED (
  SELECT n.id
    FROM unnest($1::text[], $2::int[]) AS t (target, room)
   CROSS JOIN LATERAL (
     SELECT id FROM notifications
      WHERE status = 'PENDING' AND target = t.target AND next_attempt_at <= $3
      ORDER BY next_attempt_at, id LIMIT t.room FOR UPDATE SKIP LOCKED) AS n)
UPDATE notifications
   SET attempts = attempts + 1, next_attempt_at = $4
 WHERE id = ANY (ARRAY(SELECT id FROM due))
RETURNING id, target, type, body, attempts, next_attempt_at"""
_SETTLE = """
UPDATE notifications
   SET status = $3, next_attempt_at = $4, status_code = $5, error = $6,
       ended_at = CASE WHEN $3 <> 'PENDING' THEN $7::timestamptz END
 WHERE id = $1 AND status = 'PENDING' AND next_attempt_at = $2
RETURNING true"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A notification that is this worker's to send until its lease ends.

    Attributes:
        id: Of its row.
        target: The name of its target.
        type: The type of its message.
        body: The message.
        attempt: Which one this is, from 1.
        leased_until: When somebody else may send it.
    """

    id: UUID
    target: str
    type: str
    body: str
    attempt: int
    leased_until: datetime

    @property
    def message_id(self) -> str:
        """The `webhook-id`: the same in every attempt."""
        return type_id(NOTIFICATION_PREFIX, self.id)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of sending one.

    Attributes:
        status_code: What the target answered; None: nothing.
        error: Why that is no success; None: it is one.
        retry_after: How long the target asks to be left alone; None: it does not say.
    """

    status_code: int | None
    error: str | None = None
    retry_after: timedelta | None = None

    @property
    def is_success(self) -> bool:
        """Whether the target has taken it."""
        return self.error is None

    @property
    def tells_of_target(self) -> bool:
        """Whether it says that the target cannot take anything now.

        Other refusals are of the one message, and the next may well be taken.
        """
        if self.status_code is None:
            return True
        return self.status_code >= _SERVER_ERRORS or self.status_code in _OVERLOADED


async def claim(
    connection: Connection,
    room: Mapping[str, int],
    *,
    lease: timedelta,
    now: datetime,
) -> list[Claimed]:
    """Take what is due, the longest due first.

    Args:
        connection: Any connection.
        room: How many to take at most, by the name of the target.
        lease: How long nobody else may send them.
        now: When.
    """
    records = await connection.fetch(
        _CLAIM, list(room), list(room.values()), now, now + lease
    )
    claimed = [Claimed(*record.values()) for record in records]
    return sorted(claimed, key=lambda one: one.id)


async def settle(
    connection: Connection,
    claimed: Claimed,
    answer: Answer,
    *,
    random: Random,
    now: datetime,
) -> NotificationStatus | None:
    """Write what became of an attempt: PENDING → DELIVERED | PENDING | FAILED.

    Returns:
        How it stands now; None: nothing was written, because the lease has passed and
        somebody else has it, or because it was asked to be sent again meanwhile.
    """
    status, next_attempt_at = NotificationStatus.DELIVERED, None
    if not answer.is_success:
        wait = wait_after(claimed.attempt, answer, random)
        if wait is None:
            status = NotificationStatus.FAILED
        else:
            status, next_attempt_at = NotificationStatus.PENDING, now + wait
    written = await connection.fetchval(
        _SETTLE,
        claimed.id,
        claimed.leased_until,
        status.value,
        next_attempt_at,
        answer.status_code,
        None if answer.error is None else answer.error[:MAX_ERROR_LENGTH],
        now,
    )
    return status if written else None


def wait_after(attempt: int, answer: Answer, random: Random) -> timedelta | None:
    """Return how long to wait after a failed attempt; None: it was the last one.

    Args:
        attempt: Which one it was, from 1.
        answer: What came of it. 410 says that nobody will ever take it.
        random: Spreads the waits.
    """
    if attempt >= MAX_ATTEMPTS or answer.status_code == GONE:
        return None
    wait = WAITS[attempt - 1] * (1 + SPREAD * random.random())
    asked = min(answer.retry_after or timedelta(), LONGEST_RETRY_AFTER)
    return max(wait, asked)
