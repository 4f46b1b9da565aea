"""Selections of jobs for actions over many of them."""

import strawberry

from jobwire.gql.global_ids import parse_job_id
from jobwire.gql.types.job_filter import JobFilter, to_filter
from jobwire.jobs.bulk import MAX_IDS, Selection
from jobwire.jobs.errors import under


@strawberry.input(
    one_of=True,
    description=(
        "Which jobs: exactly one member. Only jobs that the caller may see are"
        " selected, and those that are scheduled later never are."
    ),
)
class JobSelectorInput:
    """Ids or a filter."""

    ids: list[strawberry.ID] | None = strawberry.field(
        default=strawberry.UNSET,
        description=(
            f"The ids of at most {MAX_IDS:,} jobs, or their bare UUIDs. An unknown id"
            " selects nothing."
        ),
    )
    filter: JobFilter | None = strawberry.field(
        default=strawberry.UNSET,
        description=(
            "All jobs of a filter, at most 1,000,000. It must have a member: an empty"
            " one is refused. With ADMIN it selects among the jobs of all users."
        ),
    )


def to_selection(given: JobSelectorInput) -> Selection:
    """Return the use cases' selection for the client's one.

    Raises:
        InvalidInputError: A list is too long, or the filter is empty.
    """
    with under("select"):
        # The rule for inputs of one member leaves exactly one.
        if given.ids:
            found = (parse_job_id(id) for id in given.ids)
            return Selection(tuple({id: None for id in found if id is not None}))
        if given.filter:
            return Selection(to_filter(given.filter))
        return Selection(())
