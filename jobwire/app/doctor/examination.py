"""An examination: what the checks of one run of the doctor share."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import asyncpg

from jobwire.app.settings import Settings
from jobwire.jobs.executors.access import TriggerAccess
from jobwire.models.database import Connection, quote_identifier
from jobwire.models.database_url import DatabaseUrl

#: How long PostgreSQL may take for one statement, in milliseconds.
_STATEMENT_MS = 4_000


@dataclass
class Examination:
    """What was asked, and what one check found out for the others.

    Attributes:
        arguments: Settings that were given on the command line.
        webhook_url: Where our public route is said to be; None: nobody said.
        stack: What lasts as long as the examination.
        settings: Once they could be read.
        url: The database, once it is known and runs.
        access: How to reach Trigger.dev; None: nothing was set, or not yet known.
        tasks: Ids of tasks that the user's types run on Trigger.dev.
        trigger_ahead: How far Trigger.dev's clock was ahead; None: not heard yet.
        environment: The id of the key's environment, once it answered.
    """

    arguments: dict[str, Any] = field(default_factory=dict)
    webhook_url: str | None = None
    stack: AsyncExitStack = field(init=False, repr=False)
    settings: Settings = field(init=False, repr=False)
    url: DatabaseUrl = field(init=False)
    access: TriggerAccess | None = None
    tasks: frozenset[str] = frozenset()
    trigger_ahead: timedelta | None = None
    environment: str | None = None

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Connect for the length of the block, so that no check spoils another's."""
        session = {"application_name": "jobwire doctor"}
        if not self.url.is_pooled:
            session |= {
                "search_path": quote_identifier(self.settings.db_schema),
                "statement_timeout": str(_STATEMENT_MS),
                **dict(self.url.options),
            }
        connection = await asyncpg.connect(
            **self.url.connect_arguments(), server_settings=session
        )
        try:
            yield connection
        finally:
            connection.terminate()
