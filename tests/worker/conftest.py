"""A worker with short spans, jobs to give it, and ways to wait for what it does."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from jobwire.jobs.cancel import cancel
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.connections import sql_connection
from jobwire.jobs.doorbell import Doorbell, Topic
from jobwire.jobs.job import JOB_COLUMNS, Job
from jobwire.jobs.registry import Registry, collect
from jobwire.jobs.schedule import ScheduleRequest, schedule
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.models.database import Database
from jobwire.models.vocabulary import JobStatus
from jobwire.worker.settings import WorkerSettings
from jobwire.worker.worker import Worker

VIEWER = Viewer("user-1", frozenset(Scope), None)
#: Short enough to wait for, long enough for a busy machine.
SETTINGS = WorkerSettings(
    lease=timedelta(seconds=1),
    drain_timeout=timedelta(seconds=5),
    stop_grace=timedelta(seconds=1),
)
#: Seconds that anything may take before a test gives up.
PATIENCE = 20.0


async def until[Value](  # noqa: D103
    look: Callable[[], Awaitable[Value]],
) -> Value: ...
