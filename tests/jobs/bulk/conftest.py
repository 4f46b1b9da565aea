"""Bulk operations: asked for by one user, carried out chunk by chunk."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from jobwire.jobs.bulk import (
    Asked,
    BulkOperation,
    BulkRequest,
    Selection,
    ask,
    carry_out_chunk,
)
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.job import Job
from jobwire.jobs.placement import PlacementPolicy
from jobwire.jobs.registry import Registry
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.models.database import Database
from jobwire.models.vocabulary import BulkAction
from tests.clock import FakeClock
from tests.factories import insert_jobs

OWNER = Viewer("user-1", frozenset({Scope.JOBS_READ, Scope.JOBS_WRITE}))
STRANGER = Viewer("user-2", OWNER.scopes)
ADMIN = Viewer("operator", frozenset({Scope.ADMIN}))

MakeJob = Callable[..., Awaitable[Job]]


@dataclass(frozen=True, slots=True)
class Bulk:
    """Asks for operations, and does what workers do with them, one chunk at a time."""

    database: Database
    clock: FakeClock
    registry: Registry

    async def ask(
        self,
        action: BulkAction,
        *ids: UUID,
        viewer: Viewer = OWNER,
        dry_run: bool = False,
        expected_count: int | None = None,
        tags: tuple[str, ...] | None = None,
        **how: Any,
    ) -> Asked:
        """Ask, for jobs by their ids, or by their tags."""
        by = ids if tags is None else JobFilter(tags=tags)
        request = BulkRequest(action=action, selection=Selection(by), **how)
        async with self.database.transaction() as connection:
            return await ask(
                connection,
                request,
                viewer=viewer,
                now=self.clock.now(),
                dry_run=dry_run,
                expected_count=expected_count,
            )

    async def operation(
        self, action: BulkAction, *ids: UUID, **how: Any
    ) -> BulkOperation:
        """Ask, and return what was recorded."""
        operation = (await self.ask(action, *ids, **how)).operation
        assert operation is not None
        return operation

    async def step(self, unavailable: str | None = None) -> BulkOperation | None:
        """Handle one chunk of whichever operation is due."""
        async with self.database.connection() as connection:
            return await carry_out_chunk(
                connection,
                registry=self.registry,
                policy=PlacementPolicy(unavailable),
                now=self.clock.advance(0.001),
            )

    async def finish(self) -> list[BulkOperation]:
        """Handle chunks until none is due; return the operations after each."""
        steps = []
        while (operation := await self.step()) is not None:
            steps.append(operation)
        return steps

    async def insert(self, count: int, **columns: Any) -> list[UUID]:
        """Insert many jobs that differ in their ids alone."""
        async with self.database.connection() as connection:
            return await insert_jobs(connection, count, now=self.clock.now(), **columns)

    async def fetch(self, query: str, *arguments: Any) -> list[Any]:
        """Run a statement."""
        async with self.database.connection() as connection:
            rows: list[Any] = await connection.fetch(query, *arguments)
            return rows

    async def statuses(self) -> dict[UUID, str]:
        """Return the status of every job."""
        rows = await self.fetch("SELECT id, status FROM worker_jobs")
        return {row["id"]: row["status"] for row in rows}


@pytest.fixture
def bulk(database: Database, clock: FakeClock, registry: Registry) -> Bulk:
    return Bulk(database, clock, registry)


def counts(operation: BulkOperation) -> tuple[int, int, int]:
    """Return how many jobs succeeded, were skipped, and refused."""
    return (
        operation.succeeded_count,
        operation.skipped_count,
        operation.failed_count,
    )
