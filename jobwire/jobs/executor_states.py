"""How all executors fare, as far as this process can tell."""

from dataclasses import replace

from jobwire.jobs.engine import Engine
from jobwire.jobs.executors.base import ExecutorHealth, ExecutorState
from jobwire.jobs.executors.calls import not_configured
from jobwire.jobs.executors.internal import internal_state
from jobwire.jobs.installation import read_installation
from jobwire.jobs.reconcile import read_withheld
from jobwire.jobs.viewer import Viewer
from jobwire.triggerdev import TriggerDevError

#: Why it is degraded when losses were withheld, without how many jobs others have.
WITHHELD = (
    "Runs are missing at Trigger.dev, and an operator has to say whether they are gone"
    " for good."
)


async def executor_states(engine: Engine, viewer: Viewer) -> list[ExecutorState]:
    """Ask every executor; Trigger.dev at most every ten seconds.

    Args:
        engine: The open parts of this process.
        viewer: Who asks; only admins are told how many jobs are concerned.
    """
    async with engine.database.connection() as connection:
        internal = await internal_state(connection, now=engine.clock.now())
    return [internal, await _trigger_state(engine, viewer)]


async def _trigger_state(engine: Engine, viewer: Viewer) -> ExecutorState:
    executor = engine.trigger
    if executor is None:
        return not_configured(
            engine.policy.unavailable or "Trigger.dev is not configured."
        )
    async with engine.database.connection() as connection:
        installation = await read_installation(connection)
    executor.speak_for(installation.id, trouble=installation.trouble)
    state = await executor.state()
    if state.health is not ExecutorHealth.HEALTHY:
        return state
    try:
        environment = await executor.environment()
    except TriggerDevError:
        return await executor.state()
    async with engine.database.connection() as connection:
        withheld = await read_withheld(connection, environment)
    if withheld is None:
        return state
    reason = withheld if viewer.is_admin else WITHHELD
    return replace(state, health=ExecutorHealth.DEGRADED, reason=reason)
