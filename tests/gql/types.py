"""What fixtures give."""

from collections.abc import Awaitable, Callable

from jobwire.jobs.job import Job
from tests.gql.client import Socket

MakeJob = Callable[..., Awaitable[Job]]
OpenSocket = Callable[..., Socket]
