"""The Python API over Trigger.dev: reconcile, sync, and a host's own webhook route."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jobwire.app.jobwire import Jobwire
from jobwire.app.own_transaction import own_transaction
from jobwire.app.webhook import receive_event
from jobwire.jobs.asking_now import reconcile_now, sync_now
from jobwire.jobs.doorbell import Topic
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.reconcile import ReconcileReport
from jobwire.jobs.webhook import Received, admit, receive


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What asking every open run brought.

    Attributes:
        checked: Runs that answered, or are not known at Trigger.dev.
        corrected: Public ids of the jobs that changed by it.
        gone: Public ids of the jobs whose run is not known; nothing was settled.
        errors: Why other runs did not answer.
    """

    checked: int
    corrected: tuple[str, ...]
    gone: tuple[str, ...]
    errors: tuple[str, ...]


async def reconcile_trigger_jobs(
    where: Jobwire, *, accept_losses: bool = False, dry_run: bool = False
) -> ReconcileReport:
    """Compare all open TRIGGER jobs with Trigger.dev now, and heal what drifted.

    Workers do so by themselves at their start and every few minutes.

    Args:
        where: An open Jobwire. No connection will do: it asks Trigger.dev, which must
            not happen inside a transaction.
        accept_losses: Whether any number of jobs whose runs are gone may be settled.
        dry_run: Whether only to tell what it would do; nothing changes anywhere.

    Raises:
        ExecutorUnavailableError: Trigger.dev is not configured, or cannot be asked.
    """
    report = await reconcile_now(
        where.engine, accept_losses=accept_losses, dry_run=dry_run
    )
    where.engine.doorbell.ring(Topic.CHANGE)
    return report


async def sync_active_trigger_jobs(where: Jobwire) -> SyncReport:
    """Ask every open run how it stands, now; settles none as lost.

    Args:
        where: An open Jobwire.

    Raises:
        ExecutorUnavailableError: Trigger.dev is not configured, or cannot be asked.
    """
    synced = await sync_now(where.engine)
    where.engine.doorbell.ring(Topic.CHANGE)
    return SyncReport(
        synced.checked,
        tuple(job_id_text(run.job_id) for run in synced.corrected),
        tuple(job_id_text(run.job_id) for run in synced.gone),
        tuple(error.message for error in synced.errors),
    )


async def handle_trigger_webhook(
    where: object,
    headers: Mapping[str, str],
    body: bytes,
    *,
    secrets: Sequence[str] = (),
    schema: str | None = None,
) -> Received:
    """Take in one posted event: what `POST /api/trigger/webhook` does.

    For a route of the host's own. It answers 2xx when this returns, 401 for a
    WebhookSignatureError and 400 for an InvalidInputError.

    Args:
        where: A `Jobwire`, or the caller's connection, as for `schedule_job`.
        headers: Those of the request; their names may be in any case.
        body: The raw body, as it was signed.
        secrets: Any of these may have signed it; a `Jobwire` has its own.
        schema: As for `schedule_job`.

    Raises:
        WebhookSignatureError: It is not signed with one of the secrets.
        InvalidInputError: It is no event.
        UnsupportedConnectionError: `where` is none of these.
    """
    if isinstance(where, Jobwire) and not secrets:
        claim = admit(headers, now=where.engine.clock.now())
        return await receive_event(where.engine, body, claim)
    async with own_transaction(where, schema, Topic.INBOX) as (connection, now):
        return await receive(connection, body, headers, secrets=secrets, now=now)
