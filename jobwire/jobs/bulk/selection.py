"""Which jobs a bulk operation is about."""

import json
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from jobwire.jobs.errors import InvalidInputError, under
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.queries import select_ids
from jobwire.jobs.viewer import Viewer
from jobwire.jobs.wall import wall_of_jobs

#: The most jobs that can be named one by one.
MAX_IDS = 1000

_BY_IDS = f"""
SELECT id FROM worker_jobs
 WHERE id = ANY($1::uuid[]) AND {wall_of_jobs("$2", "$3")} AND deleted_at IS NULL"""


@dataclass(frozen=True, slots=True)
class Selection:
    """Jobs by their ids, or by a filter.

    Attributes:
        by: The ids of at most 1,000 jobs, or a filter with at least one member. Ids of
            no job behind the caller's wall select nothing.

    Raises:
        InvalidInputError: There are too many ids, or the filter is empty.
    """

    by: tuple[UUID, ...] | JobFilter

    def __post_init__(self) -> None:
        if isinstance(self.by, JobFilter):
            if self.by == JobFilter():
                raise InvalidInputError(
                    "An empty filter would select every job there is. Say which ones,"
                    " for example with tags or statuses; isTerminal: false selects all"
                    " that have not ended, isTerminal: true all that have.",
                    path=("filter",),
                )
        elif len(self.by) > MAX_IDS:
            raise InvalidInputError(
                f"At most {MAX_IDS:,} jobs can be named one by one, not"
                f" {len(self.by):,}. Select them by a filter, for example by a tag.",
                path=("ids",),
            )

    def select(self, viewer: Viewer, *, first: int) -> tuple[str, list[Any]]:
        """Write the statement that selects the ids, and the values of its parameters.

        Args:
            viewer: Behind whose wall.
            first: How many at most.

        Raises:
            ForbiddenError: The filter names other users, and the viewer is no admin.
            InvalidInputError: The filter has too many combinations.
        """
        if not isinstance(self.by, JobFilter):
            return _BY_IDS, [list(self.by), *viewer.wall]
        with under("select"):
            return select_ids(viewer, self.by, first=first)

    def to_json(self) -> str:
        """Write it for the record, with the members that were given."""
        if not isinstance(self.by, JobFilter):
            return json.dumps({"ids": [str(id) for id in self.by]})
        given = {name: one for name, one in asdict(self.by).items() if one is not None}
        return json.dumps({"filter": given}, default=str)
