"""Jobs of Jobwire from Python: schedule them, follow them to their end, cancel them."""

from jobwire_client.client import JobwireClient, Token
from jobwire_client.errors import JobwireError, UnavailableError
from jobwire_client.job import Job

__all__ = ["Job", "JobwireClient", "JobwireError", "Token", "UnavailableError"]
