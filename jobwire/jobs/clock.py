"""Clocks: where `now` comes from, so that time is an argument everywhere else."""

from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

#: Round trips per measurement; a busy machine makes some of them long.
SAMPLES = 3


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""
        ...


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """Return the machine's time in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - the one place that may ask


class DatabaseClock:
    """This machine's clock, corrected to PostgreSQL's.

    Leases and due times of several machines are compared with each other, so they
    all follow the one clock that all of them can see. Between two measurements it
    trusts the machine's clock to run at the right speed.
    """

    def __init__(self, machine: Clock | None = None) -> None:
        self._machine = machine or SystemClock()
        self._offset = timedelta()

    @property
    def offset(self) -> timedelta:
        """How far PostgreSQL's clock was ahead when last measured."""
        return self._offset

    def now(self) -> datetime:
        """Return PostgreSQL's time, as far as known."""
        return self._machine.now() + self._offset

    async def synchronize(self, connection: Any) -> None:
        """Measure the offset; its error is at most half of the shortest round trip.

        Until the best of all samples is known the former offset holds: a poor one
        would move the time forth and back for whoever asks meanwhile.
        """
        shortest, offset = timedelta.max, self._offset
        for _ in range(SAMPLES):
            before = self._machine.now()
            theirs: datetime = await connection.fetchval("SELECT clock_timestamp()")
            took = self._machine.now() - before
            if took < shortest:
                shortest = took
                offset = theirs - (before + took / 2)
        self._offset = offset
