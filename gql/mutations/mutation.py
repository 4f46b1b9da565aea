"""The mutation root."""

import strawberry

from jobwire.gql.mutations.cancel_job import cancel_job
from jobwire.gql.mutations.reconcile_jobs import reconcile_jobs
from jobwire.gql.mutations.retry_job import retry_job
from jobwire.gql.mutations.schedule_job import schedule_job


@strawberry.type(
    description=(
        "What can be done. Expected refusals are members of the payload's errors;"
        " several mutations of one operation run one after another, each in a"
        " transaction of its own."
    )
)
class Mutation:
    """The mutation root."""

    schedule_job = schedule_job
    cancel_job = cancel_job
    retry_job = retry_job
    reconcile_jobs = reconcile_jobs
