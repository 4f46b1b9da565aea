"""Alerts: written down with the end of a run, and posted until they are taken.

Source: `apps/webapp/app/v3/services/alerts/` of triggerdotdev/trigger.dev, read
2026-11-23.
"""

import asyncio
import hashlib
import hmac
import logging
import random
import sqlite3
from collections.abc import Callable, Sequence

import httpx

from jobwire.emulator import alert_bodies
from jobwire.emulator.alert_channels import (
    RUN_FAILED,
    AlertChannel,
    kept_channels,
)
from jobwire.emulator.clock import Now, to_ms
from jobwire.emulator.faults import Faults
from jobwire.emulator.payloads import write_json
from jobwire.emulator.run import find_run
from jobwire.emulator.state import State
from jobwire.emulator.webhook_faults import corrupted, treat, wrong

SIGNATURE_HEADER = "x-trigger-signature-hmacsha256"

_MAX_DELIVERIES = 3
_MAX_REDIRECTS = 5
_TIMEOUT_SECONDS = 5.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

_INSERT = """
INSERT INTO alert_deliveries
    (event, run, url, secret, body, due_at, is_held, corruption)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_DUE = """
SELECT * FROM alert_deliveries WHERE due_at <= ? ORDER BY due_at, id
"""
_RELEASE = """
UPDATE alert_deliveries SET is_held = 0, due_at = min(due_at, ?)
WHERE is_held AND id <> ?
"""

_log = logging.getLogger(__name__)


class Alerts:
    """Posts alerts to channels: three deliveries at most, some seconds apart.

    What is due is in the state, so a process that dies forgets none; what it had
    posted and not heard of is posted again.

    Args:
        channels: Those beside the ones that the API makes.
        faults: Those of the emulator.
        wake: Tells the engine that something is due.
        jitter: Returns a number from 0 to 1 that spreads the pauses.
        timeout: Seconds, of any clock, that a delivery may take.
    """

    def __init__(
        self,
        state: State,
        channels: Sequence[AlertChannel],
        faults: Faults,
        *,
        now: Now,
        wake: Callable[[], None],
        jitter: Callable[[], float] = random.random,
        timeout: float = _TIMEOUT_SECONDS,
    ) -> None:
        self._state = state
        self._channels = tuple(channels)
        self._faults = faults
        self._now = now
        self._wake = wake
        self._jitter = jitter
        self._timeout = timeout
        self._posting: dict[int, asyncio.Task[None]] = {}
        self._http: httpx.AsyncClient | None = None

    def post(self, event: str, body: str, *, run: str | None = None) -> int:
        """Write down an alert for every channel that wants it; return for how many."""
        with self._state.transaction() as connection:
            return self._write_down(connection, event, body, run)

    @property
    def is_busy(self) -> bool:
        """Whether an alert is on its way."""
        return bool(self._posting)

    @property
    def waiting(self) -> int:
        """How many deliveries are still to be made."""
        count: int = self._state.connection.execute(
            "SELECT count(*) FROM alert_deliveries"
        ).fetchone()[0]
        return count

    def next_due(self) -> int | None:
        """Return when the next delivery is due."""
        if self._failed_run(self._state.connection) is not None:
            return to_ms(self._now())
        rows = self._state.connection.execute(
            "SELECT id, due_at FROM alert_deliveries ORDER BY due_at, id"
        ).fetchall()
        return next(
            (row["due_at"] for row in rows if row["id"] not in self._posting), None
        )

    def take_due(self, now: int) -> bool:
        """Write down the alert of a failed run, or begin a delivery."""
        failed = self._failed_run(self._state.connection)
        if failed is not None:
            with self._state.transaction() as connection:
                self._write_down_failure(connection, failed, now)
            return True
        rows = self._state.connection.execute(_DUE, (now,)).fetchall()
        due = next((row for row in rows if row["id"] not in self._posting), None)
        if due is None:
            return False
        posting = asyncio.create_task(self._deliver(due))
        self._posting[due["id"]] = posting
        return True

    async def settle(self) -> None:
        """Wait for the deliveries that are on their way."""
        while self._posting:
            await asyncio.wait(set(self._posting.values()))

    async def close(self) -> None:
        """Leave the rest to the next life."""
        posting = tuple(self._posting.values())
        for one in posting:
            one.cancel()
        await asyncio.gather(*posting, return_exceptions=True)
        if self._http is not None:
            await self._http.aclose()

    @staticmethod
    def _failed_run(connection: sqlite3.Connection) -> str | None:
        row = connection.execute("SELECT run FROM failed_runs LIMIT 1").fetchone()
        return None if row is None else str(row["run"])

    def _write_down_failure(
        self, connection: sqlite3.Connection, id: str, now: int
    ) -> None:
        connection.execute("DELETE FROM failed_runs WHERE run = ?", (id,))
        run = find_run(connection, id)
        if run is not None:
            body = write_json(alert_bodies.run_failed(run, self._state, now=now))
            self._write_down(connection, RUN_FAILED, body, run.id)

    def _write_down(
        self, connection: sqlite3.Connection, event: str, body: str, run: str | None
    ) -> int:
        wanted = [
            channel
            for channel in (*self._channels, *kept_channels(connection))
            if event in channel.types
        ]
        for channel in wanted:
            treatment = treat(self._faults, "alerts", event, run)
            if treatment.is_lost:
                continue
            row = (
                event,
                run,
                channel.url,
                channel.secret,
                body,
                to_ms(self._now()) + treatment.wait_ms,
                treatment.is_held,
                treatment.corruption,
            )
            connection.executemany(_INSERT, [row] * treatment.copies)
        self._wake()
        return len(wanted)

    async def _deliver(self, delivery: sqlite3.Row) -> None:
        try:
            problem = await self._try(delivery)
            self._conclude(delivery, problem)
        finally:
            del self._posting[delivery["id"]]
        self._wake()

    def _conclude(self, delivery: sqlite3.Row, problem: str | None) -> None:
        now, id, tries = to_ms(self._now()), delivery["id"], delivery["tries"] + 1
        with self._state.transaction() as connection:
            if problem is not None and tries < _MAX_DELIVERIES:
                pause_ms = int(1000 * 2 ** (tries - 1) * (1 + self._jitter()))
                connection.execute(
                    "UPDATE alert_deliveries SET tries = ?, due_at = ? WHERE id = ?",
                    (tries, now + pause_ms, id),
                )
                return
            connection.execute("DELETE FROM alert_deliveries WHERE id = ?", (id,))
            connection.execute(_RELEASE, (now, id))
        if problem is not None:
            _log.warning(
                "an alert of the type %s did not reach %s: %s",
                delivery["event"],
                delivery["url"],
                problem,
                extra={"action": "alert-lost", "run": delivery["run"]},
            )

    async def _try(self, delivery: sqlite3.Row) -> str | None:
        """Post once; return what went wrong."""
        body = delivery["body"].encode()
        signature = sign(delivery["secret"], body)
        if delivery["corruption"] == "signature":
            signature = wrong(signature)
        elif delivery["corruption"] == "body":
            body = corrupted(body)
        headers = {"content-type": "application/json", SIGNATURE_HEADER: signature}
        try:
            async with asyncio.timeout(self._timeout):
                answer = await self._post(delivery["url"], body, headers)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            return f"{type(error).__name__}: {error}".removesuffix(": ")
        return None if answer.is_success else f"the answer was {answer.status_code}"

    async def _post(
        self, url: str, body: bytes, headers: dict[str, str]
    ) -> httpx.Response:
        """Post, and post again to where a redirect points."""
        if self._http is None:
            # Receivers are on this machine or beside it: no proxy stands before them.
            self._http = httpx.AsyncClient(trust_env=False, timeout=self._timeout)
            # Theirs names no user agent, and accepts what comes.
            self._http.headers.clear()
        answer = await self._http.post(url, content=body, headers=headers)
        for _ in range(_MAX_REDIRECTS):
            target = answer.headers.get("location")
            if answer.status_code not in _REDIRECTS or target is None:
                break
            there = answer.url.join(target)
            answer = await self._http.post(there, content=body, headers=headers)
        return answer


def sign(secret: str, body: bytes) -> str:
    """Sign as Trigger.dev does: lower-case hex of HMAC-SHA256 over the raw body."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
