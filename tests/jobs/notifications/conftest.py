"""Recording and claiming, one step at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest

from jobwire.jobs.notifications.deliver import Claimed, claim
from jobwire.jobs.notifications.record import Recorded, record
from jobwire.jobs.notifications.targets import Targets
from jobwire.jobs.notify import Notify
from jobwire.models.database import Connection, Database
from tests.clock import FakeClock
from tests.receiver import SECRET

SHOP = "https://shop.example/hooks"
LEASE = timedelta(seconds=60)
TARGETS = Targets(everywhere=[Notify(SHOP)], secrets=(SECRET,))


@dataclass(frozen=True)
class Notifying:
    """What a worker does, on one connection."""

    database: Database
    connection: Connection
    clock: FakeClock

    async def record(self, targets: Targets = TARGETS) -> Recorded:
        return await record(self.connection, targets, now=self.clock.now())

    async def record_all(self, targets: Targets = TARGETS) -> int:
        # Ids order what was made in different milliseconds.
        self.clock.advance(0.001)
        made = 0
        while True:
            recorded = await self.record(targets)
            made += recorded.notifications
            if recorded.is_last:
                return made

    async def claim(self, room: Mapping[str, int] | None = None) -> list[Claimed]:
        return await claim(
            self.connection, room or {SHOP: 8}, lease=LEASE, now=self.clock.now()
        )

    async def told(self) -> list[tuple[str, int]]:
        """Whom and what: the targets and versions that are told, in their order."""
        rows = await self.connection.fetch(
            "SELECT target, job_version FROM notifications ORDER BY id"
        )
        return [(row["target"], row["job_version"]) for row in rows]


@pytest.fixture
def notifying(
    database: Database, connection: Connection, clock: FakeClock
) -> Notifying:
    return Notifying(database, connection, clock)
