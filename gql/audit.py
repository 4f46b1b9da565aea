"""The audit log: who carried out a command that leaves no event of a job."""

import logging
from typing import Any

from jobwire.gql.context import Info
from jobwire.jobs.api_keys import public_id

log = logging.getLogger(__name__)

#: The mutations whose doing stands in the events of the jobs, with the actor.
IN_EVENTS = frozenset(
    {
        "scheduleJob",
        "scheduleJobs",
        "cancelJob",
        "retryJob",
        "rescheduleJob",
        "deleteJob",
        "runJobScheduleNow",
    }
)
#: Members of an input that say what it is about.
_ABOUT = ("id", "key", "tag", "name", "user_id", "job_id")


def note(info: Info, input: Any, payload: Any) -> None:
    """Log a mutation that was carried out, unless it stands in events.

    Args:
        info: Whose, and which.
        input: What it was given; None: nothing.
        payload: What it answers.
    """
    if info.field_name in IN_EVENTS or getattr(input, "dry_run", False):
        return
    viewer = info.context.viewer
    key = None if viewer.api_key_id is None else public_id(viewer.api_key_id)
    about = {name: value for name in _ABOUT if (value := getattr(input, name, None))}
    # A selection of jobs may be long; the operation keeps it.
    if (operation := getattr(payload, "operation", None)) is not None:
        about["id"] = operation.id
    # What callers have written stands in objects, which no log writes as it is. Under
    # the name of a secret the log would not tell the id.
    by = {"user_id": viewer.user_id, "key_id": key}
    log.info(
        "%s was carried out",
        info.field_name,
        extra={"action": "command", "by": by, "about": about},
    )
