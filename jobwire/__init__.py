"""Jobwire: schedule, cancel and watch background jobs, with PostgreSQL as the truth.

The public Python API; everything else may change without notice.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jobwire.app.http import create_app
    from jobwire.app.job_record import JobRecord
    from jobwire.app.jobwire import Jobwire
    from jobwire.app.python_api import (
        cancel_job,
        delete_job,
        reschedule_job,
        retry_job,
        schedule_job,
    )
    from jobwire.app.schedule_record import JobScheduleRecord
    from jobwire.app.schedules_api import (
        delete_job_schedule,
        pause_job_schedule,
        resume_job_schedule,
        run_job_schedule_now,
        schedule_cron_job,
    )
    from jobwire.app.settings import Settings, SettingsError
    from jobwire.app.trigger_api import (
        SyncReport,
        handle_trigger_webhook,
        reconcile_trigger_jobs,
        sync_active_trigger_jobs,
    )
    from jobwire.app.viewer_token_api import create_viewer_token
    from jobwire.jobs.attention import Attention
    from jobwire.jobs.context import Cancelled, JobContext, NonRetryable, RetryAfter
    from jobwire.jobs.decorator import job
    from jobwire.jobs.errors import (
        ExecutorUnavailableError,
        ForbiddenError,
        IdempotencyConflictError,
        InvalidInputError,
        InvalidStateError,
        JobError,
        NotConfiguredError,
        NotFoundError,
        UnauthenticatedError,
        UnknownTypeError,
        VersionConflictError,
        WebhookSignatureError,
    )
    from jobwire.jobs.notify import Notify
    from jobwire.jobs.queue import Queue
    from jobwire.jobs.reconcile import OrphanedRun, ReconcileReport
    from jobwire.jobs.retry_config import RetryConfig
    from jobwire.jobs.trigger_job import trigger_job
    from jobwire.jobs.viewer import Scope, Viewer
    from jobwire.jobs.viewer_token import ViewerToken
    from jobwire.jobs.webhook import Receipt, Received

# Imported on first use, so that a module of jobs does not load a web framework.
_HOMES = {
    "create_app": "jobwire.app.http",
    "JobRecord": "jobwire.app.job_record",
    "Jobwire": "jobwire.app.jobwire",
    "cancel_job": "jobwire.app.python_api",
    "delete_job": "jobwire.app.python_api",
    "reschedule_job": "jobwire.app.python_api",
    "retry_job": "jobwire.app.python_api",
    "schedule_job": "jobwire.app.python_api",
    "JobScheduleRecord": "jobwire.app.schedule_record",
    "delete_job_schedule": "jobwire.app.schedules_api",
    "pause_job_schedule": "jobwire.app.schedules_api",
    "resume_job_schedule": "jobwire.app.schedules_api",
    "run_job_schedule_now": "jobwire.app.schedules_api",
    "schedule_cron_job": "jobwire.app.schedules_api",
    "Settings": "jobwire.app.settings",
    "SettingsError": "jobwire.app.settings",
    "create_viewer_token": "jobwire.app.viewer_token_api",
    "Attention": "jobwire.jobs.attention",
    "Cancelled": "jobwire.jobs.context",
    "JobContext": "jobwire.jobs.context",
    "NonRetryable": "jobwire.jobs.context",
    "RetryAfter": "jobwire.jobs.context",
    "job": "jobwire.jobs.decorator",
    "ForbiddenError": "jobwire.jobs.errors",
    "InvalidInputError": "jobwire.jobs.errors",
    "InvalidStateError": "jobwire.jobs.errors",
    "JobError": "jobwire.jobs.errors",
    "NotConfiguredError": "jobwire.jobs.errors",
    "NotFoundError": "jobwire.jobs.errors",
    "UnauthenticatedError": "jobwire.jobs.errors",
    "UnknownTypeError": "jobwire.jobs.errors",
    "IdempotencyConflictError": "jobwire.jobs.errors",
    "VersionConflictError": "jobwire.jobs.errors",
    "Queue": "jobwire.jobs.queue",
    "RetryConfig": "jobwire.jobs.retry_config",
    "Scope": "jobwire.jobs.viewer",
    "Viewer": "jobwire.jobs.viewer",
    "ViewerToken": "jobwire.jobs.viewer_token",
    "Notify": "jobwire.jobs.notify",
    "OrphanedRun": "jobwire.jobs.reconcile",
    "ReconcileReport": "jobwire.jobs.reconcile",
    "Receipt": "jobwire.jobs.webhook",
    "Received": "jobwire.jobs.webhook",
    "SyncReport": "jobwire.app.trigger_api",
    "handle_trigger_webhook": "jobwire.app.trigger_api",
    "reconcile_trigger_jobs": "jobwire.app.trigger_api",
    "sync_active_trigger_jobs": "jobwire.app.trigger_api",
    "trigger_job": "jobwire.jobs.trigger_job",
    "ExecutorUnavailableError": "jobwire.jobs.errors",
    "WebhookSignatureError": "jobwire.jobs.errors",
}

__all__ = [
    "Attention",
    "Cancelled",
    "ExecutorUnavailableError",
    "ForbiddenError",
    "IdempotencyConflictError",
    "InvalidInputError",
    "InvalidStateError",
    "JobContext",
    "JobError",
    "JobRecord",
    "JobScheduleRecord",
    "Jobwire",
    "NonRetryable",
    "NotConfiguredError",
    "NotFoundError",
    "Notify",
    "OrphanedRun",
    "Queue",
    "Receipt",
    "Received",
    "ReconcileReport",
    "RetryAfter",
    "RetryConfig",
    "Scope",
    "Settings",
    "SettingsError",
    "SyncReport",
    "UnauthenticatedError",
    "UnknownTypeError",
    "VersionConflictError",
    "Viewer",
    "ViewerToken",
    "WebhookSignatureError",
    "cancel_job",
    "create_app",
    "create_viewer_token",
    "delete_job",
    "delete_job_schedule",
    "handle_trigger_webhook",
    "job",
    "pause_job_schedule",
    "reconcile_trigger_jobs",
    "reschedule_job",
    "resume_job_schedule",
    "retry_job",
    "run_job_schedule_now",
    "schedule_cron_job",
    "schedule_job",
    "sync_active_trigger_jobs",
    "trigger_job",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
