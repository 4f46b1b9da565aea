"""An actor: what one process has to do its part for jobs, and when it dies."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import SecretStr

from jobwire.jobs.executors.access import TriggerAccess
from jobwire.jobs.executors.trigger import TriggerExecutor
from jobwire.jobs.installation import read_installation
from jobwire.jobs.registry import Registry
from jobwire.models.database import Database
from jobwire.models.database_url import parse
from jobwire.triggerdev import RetryPolicy, TriggerDevClient
from jobwire.worker.hooks import WorkerHooks
from jobwire.worker.link import Link
from jobwire.worker.trigger_settings import TriggerSettings, TriggerShare
from tests.clock import FakeClock
from tests.jobs.rig import PLACE, RULES


@dataclass
class Actor:
    """One process.

    Attributes:
        database: Its own pool.
        executor: Its own connections to Trigger.dev.
        clock: Stands still.
    """

    database: Database
    executor: TriggerExecutor
    clock: FakeClock

    def share(self, **given: Any) -> TriggerShare:
        """Return what its loops share."""
        settings = TriggerSettings(
            access=TriggerAccess(SecretStr("tr_dev_x"), "http://unused"),
            rules=replace(RULES, search_gap=timedelta()),
        )
        return TriggerShare(
            Link(self.database, patience=timedelta(seconds=10)),
            self.clock,
            replace(settings, **given),
            self.executor,
            Registry(),
            "actor",
            changed=lambda: None,
            hooks=WorkerHooks(),
        )


@asynccontextmanager
async def acting(
    database: str, api_url: str, key: str, now: datetime
) -> AsyncIterator[Actor]:
    """Open an actor, at a moment."""
    clock = FakeClock()
    clock.advance(now - clock.now())
    opened = await Database.open(parse(database), max_size=4)
    async with opened.connection() as connection:
        installation = (await read_installation(connection)).id
    client = TriggerDevClient(
        secret_key=key,
        api_url=api_url,
        retries=RetryPolicy(max_attempts=1),
        now=clock.now,
    )
    async with TriggerExecutor(
        client, place=PLACE, installation=installation, clock=clock
    ) as executor:
        yield Actor(opened, executor, clock)
    opened.terminate()
