"""The subscription root."""

import strawberry

from jobwire.gql.subscriptions.bulk_operation import bulk_operation
from jobwire.gql.subscriptions.job_counts import job_counts
from jobwire.gql.subscriptions.job_list_updates import job_list_updates
from jobwire.gql.subscriptions.job_logs import job_logs
from jobwire.gql.subscriptions.job_status_changed import job_status_changed
from jobwire.gql.subscriptions.job_updates import job_updates


@strawberry.type(
    description=(
        "What can be watched, over a websocket with the protocol graphql-transport-ws"
        " or as Server-Sent Events."
    )
)
class Subscription:
    """The subscription root."""

    job_status_changed = job_status_changed
    job_updates = job_updates
    job_list_updates = job_list_updates
    bulk_operation = bulk_operation
    job_logs = job_logs
    job_counts = job_counts
