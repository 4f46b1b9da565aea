"""The mutation root."""

import strawberry

from jobwire.gql.mutations.abort_bulk_operation import abort_bulk_operation
from jobwire.gql.mutations.cancel_job import cancel_job
from jobwire.gql.mutations.cancel_jobs import cancel_jobs
from jobwire.gql.mutations.create_viewer_token import create_viewer_token
from jobwire.gql.mutations.delete_job import delete_job
from jobwire.gql.mutations.delete_job_schedule import delete_job_schedule
from jobwire.gql.mutations.pause_job_schedule import pause_job_schedule
from jobwire.gql.mutations.reconcile_jobs import reconcile_jobs
from jobwire.gql.mutations.reschedule_job import reschedule_job
from jobwire.gql.mutations.resend_notification import resend_notification
from jobwire.gql.mutations.resume_job_schedule import resume_job_schedule
from jobwire.gql.mutations.retry_job import retry_job
from jobwire.gql.mutations.retry_jobs import retry_jobs
from jobwire.gql.mutations.run_job_schedule_now import run_job_schedule_now
from jobwire.gql.mutations.schedule_cron_job import schedule_cron_job
from jobwire.gql.mutations.schedule_job import schedule_job
from jobwire.gql.mutations.schedule_jobs import schedule_jobs
from jobwire.gql.mutations.set_queue import set_queue


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
    schedule_jobs = schedule_jobs
    cancel_job = cancel_job
    retry_job = retry_job
    reschedule_job = reschedule_job
    set_queue = set_queue
    cancel_jobs = cancel_jobs
    retry_jobs = retry_jobs
    abort_bulk_operation = abort_bulk_operation
    delete_job = delete_job
    schedule_cron_job = schedule_cron_job
    pause_job_schedule = pause_job_schedule
    resume_job_schedule = resume_job_schedule
    run_job_schedule_now = run_job_schedule_now
    delete_job_schedule = delete_job_schedule
    create_viewer_token = create_viewer_token
    reconcile_jobs = reconcile_jobs
    resend_notification = resend_notification
