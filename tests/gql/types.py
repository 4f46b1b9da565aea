"""What fixtures give."""

from collections.abc import Awaitable, Callable

from jobwire.jobs.job import Job
from tests.gql.client import EventStream, Socket

MakeJob = Callable[..., Awaitable[Job]]
OpenEvents = Callable[..., EventStream]
OpenSocket = Callable[..., Socket]
