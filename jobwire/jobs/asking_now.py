"""Asking Trigger.dev at somebody's request, with refusals that a caller can act on."""

import asyncio
from datetime import timedelta

from jobwire.jobs.engine import Engine
from jobwire.jobs.errors import ExecutorUnavailableError
from jobwire.jobs.own_executor import own_executor
from jobwire.jobs.reconcile import PassUnderWayError, Reconciler, ReconcileReport
from jobwire.jobs.reconcile.judge import SECOND_LOOK
from jobwire.jobs.sync import Synced, Syncer
from jobwire.models.vocabulary import Executor
from jobwire.triggerdev import TriggerDevError

#: How long a pass that somebody asked for waits for another one to end.
PATIENCE = timedelta(seconds=10)


async def reconcile_now(
    engine: Engine, *, accept_losses: bool = False, dry_run: bool = False
) -> ReconcileReport:
    """Compare all open TRIGGER jobs with Trigger.dev; see `Reconciler.reconcile`.

    Whoever accepts losses waits for the second look at those that had only a first: it
    then takes half a minute, and the report is that of the second pass; not in a dry
    run, which is one pass. Must not be called inside a transaction.

    Raises:
        ExecutorUnavailableError: Trigger.dev is not configured, or cannot be asked; or
            another pass is under way, and has not ended within 10 seconds.
    """
    reconciler = Reconciler(
        engine.database.connection,
        await own_executor(engine),
        engine.clock,
        holder="by hand",
        paths=engine.paths,
        policy_of=engine.registry.orphan_policy_of,
        registry=engine.registry,
    )
    try:
        report = await reconciler.reconcile(
            accept_losses=accept_losses, dry_run=dry_run, patience=PATIENCE
        )
        if dry_run or not (accept_losses and report.looks_again):
            return report
        await asyncio.sleep(SECOND_LOOK.total_seconds())
        return await reconciler.reconcile(accept_losses=True, patience=PATIENCE)
    except TriggerDevError as error:
        raise _unavailable(error) from error
    except PassUnderWayError as error:
        raise ExecutorUnavailableError(
            Executor.TRIGGER, str(error), is_retryable=True, path=None
        ) from error


async def sync_now(engine: Engine) -> Synced:
    """Ask every open run how it stands; settles none as lost.

    Must not be called inside a transaction.

    Raises:
        ExecutorUnavailableError: Trigger.dev is not configured, or cannot be asked.
    """
    executor = await own_executor(engine)
    syncer = Syncer(engine.database.connection, executor, engine.clock)
    try:
        return await syncer.ask_all()
    except TriggerDevError as error:
        raise _unavailable(error) from error


def _unavailable(error: TriggerDevError) -> ExecutorUnavailableError:
    return ExecutorUnavailableError(
        Executor.TRIGGER,
        f"Trigger.dev cannot be asked: {error.message}",
        is_retryable=error.is_retryable,
        path=None,
    )
