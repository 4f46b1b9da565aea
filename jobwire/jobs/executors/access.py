"""How to reach a Trigger.dev environment."""

from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import SecretStr

from jobwire.jobs import tracing
from jobwire.jobs.clock import Clock
from jobwire.jobs.executors.trigger import TriggerExecutor
from jobwire.triggerdev import TriggerDevClient


@dataclass(frozen=True, slots=True)
class TriggerAccess:
    """How to reach a Trigger.dev environment.

    Attributes:
        secret_key: The secret key of the environment.
        api_url: Where Trigger.dev is.
        branch: The branch, for keys of preview environments.
        origin: What to call the place in the stamp of dispatched jobs; None: the
            origin of `api_url`.
    """

    secret_key: SecretStr
    api_url: str
    branch: str | None = None
    origin: str | None = None

    def executor(self, *, installation: UUID, clock: Clock) -> TriggerExecutor:
        """Make an executor for the event loop that runs now."""
        client = TriggerDevClient(
            secret_key=self.secret_key.get_secret_value(),
            api_url=self.api_url,
            branch=self.branch,
            context=tracing.headers,
        )
        parts = urlsplit(self.api_url)
        return TriggerExecutor(
            client,
            place=self.origin or f"{parts.scheme}://{parts.netloc}",
            installation=installation,
            clock=clock,
        )
