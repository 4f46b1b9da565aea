"""Where a follower of a job stands in its stream."""

from typing import Any

from jobwire_client.duration import seconds
from jobwire_client.errors import UnavailableError
from jobwire_client.job import FIELDS, Job

FOLLOW = f"""subscription ($id: ID!, $after: EventCursor, $snapshot: Boolean) {{
  jobUpdates(id: $id, after: $after, snapshot: $snapshot) {{
    __typename
    ... on JobSnapshot {{ cursor job {{ {FIELDS} }} }}
    ... on JobChange {{ cursor job {{ {FIELDS} }} }}
    ... on StreamCaughtUp {{ cursor }}
    ... on StreamReset {{ reason }}
    ... on StreamClosing {{ cursor reason reconnectAfter }}
  }}
}}"""


class Place:
    """The cursor to go on from, and the version that is known."""

    def __init__(self) -> None:
        #: None: the job must be read anew, with a snapshot.
        self.after: str | None = None
        self._version = 0

    def take(self, message: dict[str, Any]) -> Job | None:
        """Move behind a message.

        Returns:
            The job as the message tells it; None when that is no news.

        Raises:
            UnavailableError: The stream has to be opened again, from where it is now.
        """
        self.after = message.get("cursor")
        match message["__typename"]:
            case "JobSnapshot" | "JobChange":
                job = Job.of(message["job"])
                if job.version > self._version:
                    self._version = job.version
                    return job
            case "StreamReset":
                self._version = 0
                raise UnavailableError(message["reason"])
            case "StreamClosing":
                pause = seconds(message["reconnectAfter"])
                raise UnavailableError(message["reason"], retry_after=pause)
        return None
