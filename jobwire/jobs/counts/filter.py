"""Which jobs are counted."""

from dataclasses import dataclass, replace
from typing import Self

from jobwire.jobs.errors import ForbiddenError
from jobwire.jobs.filters import limit_alternatives, users_within
from jobwire.jobs.viewer import Viewer
from jobwire.models.vocabulary import Executor


@dataclass(frozen=True, slots=True)
class CountsFilter:
    """A selection of jobs by what never changes of them: all given members must match.

    A member that is None is not asked about; the members of a tuple are alternatives,
    and an empty tuple matches nothing.

    Attributes:
        user_ids: Whose they are.
        types: The names of their code.
        executors: Where they run.
        queues: The queues that they wait in.

    Raises:
        InvalidInputError: A member lists too many alternatives.
    """

    user_ids: tuple[str, ...] | None = None
    types: tuple[str, ...] | None = None
    executors: tuple[Executor, ...] | None = None
    queues: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        limit_alternatives(self)

    @property
    def is_empty(self) -> bool:
        """Whether nothing can match."""
        return () in (self.user_ids, self.types, self.executors, self.queues)

    def within(self, viewer: Viewer) -> Self:
        """Return this filter behind the viewer's wall.

        Raises:
            ForbiddenError: It names other users, and the viewer is no admin; or the
                viewer may see one job alone.
        """
        if viewer.job_id is not None:
            raise ForbiddenError(
                None,
                reason="A token of one job counts no jobs; read that job by its id.",
            )
        return replace(self, user_ids=users_within(viewer, self.user_ids))
