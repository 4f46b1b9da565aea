"""Progress of runs, as `reportProgress` of `trigger/jobwire.ts` tells it."""

from datetime import datetime
from typing import Annotated

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic.alias_generators import to_camel
from pydantic_core import to_json

from jobwire.jobs.failure import MAX_MESSAGE_BYTES, cut
from jobwire.jobs.instant import Instant

#: Where a run's metadata keep the latest report.
METADATA_KEY = "progress"


class RunProgress(BaseModel):
    """One report.

    Attributes:
        fraction: 0 to 1; None: unknown.
        message: What is being done, at most 1,000 characters.
        updated_at: When it was made, by the run's own clock; an event has its own time.
    """

    model_config = ConfigDict(alias_generator=to_camel, frozen=True, extra="ignore")

    fraction: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None
    message: Annotated[str, StringConstraints(max_length=1000)] | None = None
    updated_at: Instant | None = None

    def text(self, reported_at: datetime) -> str:
        """Write it as it stands in `worker_jobs.progress`.

        Args:
            reported_at: When it was made, in UTC.
        """
        message = self.message
        told = {
            "fraction": self.fraction,
            "message": None if message is None else cut(message, MAX_MESSAGE_BYTES),
            "current": None,
            "total": None,
            # In one precision, so that two reports compare as text.
            "updatedAt": reported_at.isoformat(timespec="milliseconds"),
        }
        return to_json(told).decode()


def progress_in(metadata: object) -> str | None:
    """Return the report in a run's metadata, as text; None: there is none of ours."""
    if not isinstance(metadata, dict):
        return None
    try:
        found = RunProgress.model_validate(metadata.get(METADATA_KEY))
    except ValidationError:
        return None
    return None if found.updated_at is None else found.text(found.updated_at)
