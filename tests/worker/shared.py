"""What the loops over Trigger.dev of one worker share, for tests that make passes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from pydantic import SecretStr

from jobwire.jobs.executors.access import TriggerAccess
from jobwire.jobs.registry import Registry
from jobwire.worker.hooks import WorkerHooks
from jobwire.worker.link import Link
from jobwire.worker.trigger_settings import TriggerSettings, TriggerShare
from tests.jobs.rig import Rig

SOON = timedelta(milliseconds=1)


def share(
    rig: Rig, holder: str = "w1", hooks: WorkerHooks | None = None, **given: Any
) -> TriggerShare:
    """Make what the loops of one worker share."""
    access = TriggerAccess(SecretStr("tr_dev_x"), "http://unused")
    settings = TriggerSettings(access=access, first_backoff=SOON)
    return TriggerShare(
        Link(rig.database, patience=timedelta(seconds=10)),
        rig.clock,
        replace(settings, **given),
        rig.executor,
        Registry(),
        holder,
        changed=lambda: None,
        hooks=hooks or WorkerHooks(),
    )
