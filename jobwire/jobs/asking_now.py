"""Asking Trigger.dev at somebody's request, with refusals that a caller can act on."""

from jobwire.jobs.engine import Engine
from jobwire.jobs.errors import ExecutorUnavailableError
from jobwire.jobs.executors.trigger import TriggerExecutor
from jobwire.jobs.reconcile import Reconciler, ReconcileReport
from jobwire.jobs.sync import Synced, Syncer
from jobwire.models.vocabulary import Executor
from jobwire.triggerdev import TriggerDevError


async def reconcile_now(
    engine: Engine, *, accept_losses: bool = False
) -> ReconcileReport:
    """Compare all open TRIGGER jobs with Trigger.dev; see `Reconciler.reconcile`.

    Must not be called inside a transaction.

    Raises:
        ExecutorUnavailableError: Trigger.dev is not configured, or cannot be asked.
    """
    executor = _executor(engine)
    reconciler = Reconciler(engine.database.connection, executor, engine.clock)
    try:
        return await reconciler.reconcile(accept_losses=accept_losses)
    except TriggerDevError as error:
        raise _unavailable(error) from error


async def sync_now(engine: Engine) -> Synced:
    """Ask every open run how it stands; settles none as lost.

    Must not be called inside a transaction.

    Raises:
        ExecutorUnavailableError: Trigger.dev is not configured, or cannot be asked.
    """
    syncer = Syncer(engine.database.connection, _executor(engine), engine.clock)
    try:
        return await syncer.ask_all()
    except TriggerDevError as error:
        raise _unavailable(error) from error


def _executor(engine: Engine) -> TriggerExecutor:
    if engine.trigger is None:
        reason = engine.policy.unavailable or "Trigger.dev is not configured."
        raise ExecutorUnavailableError(Executor.TRIGGER, reason, path=None)
    return engine.trigger


def _unavailable(error: TriggerDevError) -> ExecutorUnavailableError:
    return ExecutorUnavailableError(
        Executor.TRIGGER,
        f"Trigger.dev cannot be asked: {error.message}",
        is_retryable=error.is_retryable,
        path=None,
    )
