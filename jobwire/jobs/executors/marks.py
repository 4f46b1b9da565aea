"""Marks: what tells our runs from all others, and which dispatch made each."""

import json
from datetime import datetime, timedelta
from uuid import UUID

from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.queue import asked_queue
from jobwire.jobs.transitions.dispatch import Dispatch
from jobwire.triggerdev import RunSummary, TriggerOptions

#: Where runs carry what we know of them.
METADATA_KEY = "jobwire"
#: How long an idempotency key keeps a second run from being made.
KEY_LIFE = "30d"
#: What the runs of jobs without a time-to-live get: the longest that they allow.
LONGEST_TTL = "14d"
#: How far ahead of others each step of a priority puts a run in its queue, in seconds.
HEAD_START = 3600


class Marks:
    """The marks of one installation.

    Attributes:
        installation: Who we are.
    """

    def __init__(self, installation: UUID) -> None:
        self.installation = str(installation)

    @property
    def tag(self) -> str:
        """The tag of all runs of this installation."""
        return f"jobwire:{self.installation}"

    def options(self, dispatch: Dispatch, *, now: datetime) -> TriggerOptions:
        """Return what the run of a dispatch is made with, beside its payload."""
        config = dispatch.retry_config
        ttl: timedelta | str = LONGEST_TTL
        if dispatch.expires_at is not None:
            # Below a second it would count as none.
            ttl = max(dispatch.expires_at - now, timedelta(seconds=1))
        return TriggerOptions(
            idempotency_key=self._key(dispatch.id, dispatch.number),
            idempotency_key_ttl=KEY_LIFE,
            tags=(self.tag, job_tag(dispatch.id), f"tag:{dispatch.tag}"),
            metadata={
                **json.loads(dispatch.metadata),
                METADATA_KEY: {
                    **self._metadata(dispatch.id, dispatch.number),
                    "retryConfig": json.loads(config.to_json()),
                },
            },
            queue=asked_queue(dispatch.queue, dispatch.task),
            concurrency_key=dispatch.concurrency_key,
            priority=dispatch.priority * HEAD_START or None,
            max_attempts=config.max_attempts,
            max_duration=dispatch.max_duration,
            ttl=ttl,
        )

    def are_on(self, run: RunSummary, job_id: UUID, task: str, number: int) -> bool:
        """Whether a run was made by this dispatch of this job.

        Task and key must match: whoever replays a run copies its tags and metadata, but
        not its key. So must the metadata, unless the task's own code has replaced them.
        """
        if run.task_identifier != task or run.idempotency_key != self._key(
            job_id, number
        ):
            return False
        ours = (run.metadata or {}).get(METADATA_KEY)
        if ours is None:
            return True
        made_by = self._metadata(job_id, number)
        return isinstance(ours, dict) and made_by.items() <= ours.items()

    def _key(self, job_id: UUID, number: int) -> str:
        return f"{self.tag}:{job_id_text(job_id)}:{number}"

    def _metadata(self, job_id: UUID, number: int) -> dict[str, object]:
        return {
            "installation": self.installation,
            "job": job_id_text(job_id),
            "dispatch": number,
        }


def job_tag(job_id: UUID) -> str:
    """Return the tag of the run of a job."""
    return f"job:{job_id_text(job_id)}"
