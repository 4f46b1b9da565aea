"""The Trigger.dev environment of this process, on behalf of its installation."""

from jobwire.jobs.engine import Engine
from jobwire.jobs.errors import ExecutorUnavailableError
from jobwire.jobs.executors.trigger import TriggerExecutor
from jobwire.jobs.installation import read_installation
from jobwire.models.vocabulary import Executor


async def own_executor(engine: Engine) -> TriggerExecutor:
    """Return the executor, speaking for the installation that the database names now.

    Raises:
        ExecutorUnavailableError: Trigger.dev is not configured.
    """
    if engine.trigger is None:
        reason = engine.policy.unavailable or "Trigger.dev is not configured."
        raise ExecutorUnavailableError(Executor.TRIGGER, reason, path=None)
    async with engine.database.connection() as connection:
        installation = await read_installation(connection)
    engine.trigger.speak_for(installation.id, trouble=installation.trouble)
    return engine.trigger
