"""The tables of Jobwire, one module per table.

Read them through any SQLModel or SQLAlchemy session; write them only through
`jobwire`'s use cases, which append the event of each change in its transaction.
"""

from jobwire.models.api_key import ApiKey
from jobwire.models.bulk_operation import (
    BulkOperation,
    BulkOperationChunk,
    BulkOperationRefusal,
)
from jobwire.models.duty import Duty
from jobwire.models.feed_state import FeedState, FeedWitness
from jobwire.models.installation import Installation
from jobwire.models.job_attempt import JobAttempt
from jobwire.models.job_counts import JobCount, JobCountsState, JobRecount
from jobwire.models.job_event import JobEvent
from jobwire.models.job_log import JobLog
from jobwire.models.job_observation import JobObservation
from jobwire.models.job_schedule import JobSchedule
from jobwire.models.notification import Notification
from jobwire.models.notification_cursor import NotificationCursor
from jobwire.models.notification_rule import NotificationRule
from jobwire.models.queue import Queue
from jobwire.models.queue_slot import QueueSlot
from jobwire.models.realtime_cursor import RealtimeCursor
from jobwire.models.reconciliation import Reconciliation
from jobwire.models.webhook_delivery import WebhookDelivery
from jobwire.models.worker_job import WorkerJob

__all__ = [
    "ApiKey",
    "BulkOperation",
    "BulkOperationChunk",
    "BulkOperationRefusal",
    "Duty",
    "FeedState",
    "FeedWitness",
    "Installation",
    "JobAttempt",
    "JobCount",
    "JobCountsState",
    "JobEvent",
    "JobLog",
    "JobObservation",
    "JobRecount",
    "JobSchedule",
    "Notification",
    "NotificationCursor",
    "NotificationRule",
    "Queue",
    "QueueSlot",
    "RealtimeCursor",
    "Reconciliation",
    "WebhookDelivery",
    "WorkerJob",
]
