"""The closed vocabularies of the tables: text columns held to these words by CHECKs."""

from enum import StrEnum


class JobStatus(StrEnum):
    """Where a job stands, the same for both executors.

    `jobwire.jobs.lifecycle` says which status may follow which, and why.
    """

    #: Accepted, due in the future. The promoter moves it on when `next_attempt_at`
    #: has come; a process that dies changes nothing.
    SCHEDULED = "SCHEDULED"
    #: Due, waiting for a worker to claim it (or in Trigger.dev's own queue).
    QUEUED = "QUEUED"
    #: Code is running under a lease. If the worker dies, the lease runs out and
    #: the job is rescued.
    RUNNING = "RUNNING"
    #: Started, then parked by Trigger.dev (a wait or a checkpoint).
    WAITING = "WAITING"
    #: The last attempt failed or was lost; another one is due at `next_attempt_at`.
    RETRYING = "RETRYING"
    #: Ended: the code returned. Sealed.
    SUCCEEDED = "SUCCEEDED"
    #: Ended: no attempt is left, or the failure cannot be retried. Sealed.
    FAILED = "FAILED"
    #: Ended on request, with its `cancel_outcome`. Sealed.
    CANCELED = "CANCELED"
    #: Ended unstarted: its time-to-live passed first. Sealed.
    EXPIRED = "EXPIRED"


class Executor(StrEnum):
    """Where a job runs."""

    #: Our own workers, claiming rows of `worker_jobs`.
    INTERNAL = "internal"
    #: A run on Trigger.dev.
    TRIGGER = "trigger"


class FailureKind(StrEnum):
    """Why a job or an attempt failed."""

    #: The job's code raised.
    TASK_ERROR = "TASK_ERROR"
    #: The attempt ran longer than `max_duration`.
    TIMEOUT = "TIMEOUT"
    #: The process that ran it died or lost its lease.
    CRASHED = "CRASHED"
    #: The process ran out of memory.
    OUT_OF_MEMORY = "OUT_OF_MEMORY"
    #: The executor refused the work.
    DISPATCH_REJECTED = "DISPATCH_REJECTED"
    #: The run is gone and nothing says how it ended.
    ORPHANED = "ORPHANED"
    #: The executor's own failure.
    PLATFORM = "PLATFORM"
    #: The time-to-live passed before a start.
    EXPIRED = "EXPIRED"


class DispatchState(StrEnum):
    """How far the handing-over of a job to Trigger.dev has come."""

    #: Not handed over.
    NONE = "none"
    #: Committed before the request is sent.
    SENDING = "sending"
    #: The answer was lost: a run may exist.
    UNKNOWN = "unknown"
    #: Accepted in a batch; the run's id is still to come.
    ACCEPTED = "accepted"
    #: The run's id is known.
    LINKED = "linked"


class CancelMode(StrEnum):
    """How insistent a cancel is."""

    #: Ask, and wait for the code to stop.
    GRACEFUL = "GRACEFUL"
    #: Ask, and settle the job after the grace period even if code may still run.
    FORCE = "FORCE"


class CancelOutcome(StrEnum):
    """What became of a cancel request."""

    #: Requested; the code has not stopped yet.
    PENDING = "PENDING"
    #: The code said that it stopped, or a stated deadline passed without a sign of it.
    STOPPED = "STOPPED"
    #: No code had run.
    NEVER_STARTED = "NEVER_STARTED"
    #: The job ended by itself first; it keeps SUCCEEDED or FAILED.
    FINISHED_FIRST = "FINISHED_FIRST"
    #: Settled by force; the code may still be running.
    FORCED_UNCONFIRMED = "FORCED_UNCONFIRMED"


class AttentionKind(StrEnum):
    """Why an operator should look at a job."""

    #: Asked to stop, and not stopped within the grace period.
    CANCEL_OVERDUE = "CANCEL_OVERDUE"
    #: Nothing heard of it for too long: its lease is over, or nobody asked about its
    #: run.
    HEARTBEAT_LATE = "HEARTBEAT_LATE"
    #: Due for too long, and not started.
    START_OVERDUE = "START_OVERDUE"
    #: Reconciliation had to correct it.
    DRIFTED = "DRIFTED"
    #: Trigger.dev does not know its run.
    ORPHAN_SUSPECT = "ORPHAN_SUSPECT"


class AttemptStatus(StrEnum):
    """How one try stands."""

    #: Its code is running.
    RUNNING = "RUNNING"
    #: Its code returned.
    SUCCEEDED = "SUCCEEDED"
    #: Its code raised or ran too long.
    FAILED = "FAILED"
    #: It stopped because the job was canceled.
    CANCELED = "CANCELED"
    #: Its worker died or lost the lease, or its job was canceled by force.
    LOST = "LOST"


class EventKind(StrEnum):
    """What an event of a job says."""

    CREATED = "CREATED"
    QUEUED = "QUEUED"
    DISPATCHED = "DISPATCHED"
    STARTED = "STARTED"
    WAITING = "WAITING"
    RESUMED = "RESUMED"
    PROGRESS = "PROGRESS"
    ATTEMPT_FAILED = "ATTEMPT_FAILED"
    CANCEL_REQUESTED = "CANCEL_REQUESTED"
    CANCEL_ACKNOWLEDGED = "CANCEL_ACKNOWLEDGED"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"
    RESCHEDULED = "RESCHEDULED"
    METADATA_CHANGED = "METADATA_CHANGED"
    ATTENTION_CHANGED = "ATTENTION_CHANGED"
    DRIFT_CORRECTED = "DRIFT_CORRECTED"
    ORPHAN_ADOPTED = "ORPHAN_ADOPTED"
    DELETED = "DELETED"


class SignalSource(StrEnum):
    """Which path brought a fact."""

    #: A caller of the API: GraphQL or Python.
    API = "API"
    #: The handing-over to Trigger.dev.
    DISPATCH = "DISPATCH"
    #: One of our workers and its loops.
    WORKER = "WORKER"
    #: A hook event posted to the webhook route.
    WEBHOOK = "WEBHOOK"
    #: Trigger.dev's own alert webhook.
    ALERT = "ALERT"
    #: Trigger.dev's Realtime feed.
    REALTIME = "REALTIME"
    #: Reconciliation.
    RECONCILER = "RECONCILER"


class NotificationStatus(StrEnum):
    """How a notification stands."""

    #: It is sent, or sent again, when `next_attempt_at` has come.
    PENDING = "PENDING"
    #: The target took it.
    DELIVERED = "DELIVERED"
    #: The target never took it, or said that it never will.
    FAILED = "FAILED"


class LogLevel(StrEnum):
    """How grave a line of a job's log is."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARN = "WARN"
    ERROR = "ERROR"


class ScheduleOwner(StrEnum):
    """Whose clock fires a job schedule."""

    JOBWIRE = "JOBWIRE"
    TRIGGER_DEV = "TRIGGER_DEV"


class OverlapPolicy(StrEnum):
    """What a tick does while the job of an earlier tick is open."""

    ALLOW = "ALLOW"
    SKIP = "SKIP"
    QUEUE_ONE = "QUEUE_ONE"
    CANCEL_RUNNING = "CANCEL_RUNNING"


class MisfirePolicy(StrEnum):
    """What becomes of ticks that passed while no ticker ran."""

    SKIP = "SKIP"
    RUN_ONCE = "RUN_ONCE"
    RUN_ALL = "RUN_ALL"


class SkipReason(StrEnum):
    """Why a tick of a job schedule made no job."""

    #: The job of an earlier tick was open.
    OVERLAP = "OVERLAP"
    #: It passed while nobody could use it, and the misfire policy let it go.
    MISFIRE = "MISFIRE"
    #: The job was refused, as its type is registered now.
    REFUSED = "REFUSED"


class SyncState(StrEnum):
    """Whether Trigger.dev's schedule follows ours."""

    PENDING = "PENDING"
    SYNCED = "SYNCED"
    FAILED = "FAILED"


class BulkAction(StrEnum):
    """What a bulk operation does to each job."""

    CANCEL = "CANCEL"
    RETRY = "RETRY"


class BulkStatus(StrEnum):
    """How a bulk operation stands."""

    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    ABORTED = "ABORTED"
