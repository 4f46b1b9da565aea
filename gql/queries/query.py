"""The query root."""

import strawberry

from jobwire.gql.queries.bulk_operation import bulk_operation
from jobwire.gql.queries.executors import executors
from jobwire.gql.queries.job import job
from jobwire.gql.queries.job_counts import job_counts
from jobwire.gql.queries.job_schedules import job_schedules
from jobwire.gql.queries.job_types import job_types
from jobwire.gql.queries.jobs import jobs
from jobwire.gql.queries.node import node, nodes
from jobwire.gql.queries.notifications import notifications
from jobwire.gql.queries.preview_cron import preview_cron
from jobwire.gql.queries.queues import queues
from jobwire.gql.queries.reconciliation import reconciliation
from jobwire.gql.queries.viewer import viewer


@strawberry.type(description="What can be read.")
class Query:
    """The query root."""

    node = node
    nodes = nodes
    viewer = viewer
    job = job
    jobs = jobs
    bulk_operation = bulk_operation
    job_counts = job_counts
    job_types = job_types
    job_schedules = job_schedules
    preview_cron = preview_cron
    queues = queues
    executors = executors
    reconciliation = reconciliation
    notifications = notifications
