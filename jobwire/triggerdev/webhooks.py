"""Webhooks: whatever Trigger.dev or its hooks post, verified and read in one step."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from jobwire.triggerdev.alerts import Alert, read_alert
from jobwire.triggerdev.errors import MalformedEventError
from jobwire.triggerdev.hook_events import (
    HOOK_EVENT_TYPES,
    HookEvent,
    read_hook_event,
)
from jobwire.triggerdev.signature import verify


def construct_event(
    body: bytes,
    headers: Mapping[str, str],
    secrets: Sequence[str],
    *,
    now: datetime,
    tolerance: timedelta = timedelta(minutes=5),
) -> Alert | HookEvent:
    """Return what a webhook tells, if one of the secrets has signed it.

    An alert has no time in its signature: who once saw one can send it again, so take
    each `id` once.

    Args:
        body: As received, before any parsing.
        headers: Names in any case.
        secrets: All that count, while one replaces another.
        now: Aware.
        tolerance: How far the time of a hook's event may be from `now`, either way.

    Raises:
        InvalidSignatureError: It is not signed, not in time, or not with any of them.
        MalformedEventError: It is signed, and cannot be read.
    """
    verify(body, headers, secrets, now=now, tolerance=tolerance)
    try:
        event = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedEventError("The webhook is no JSON.") from error
    if isinstance(event, dict) and event.get("type") in list(HOOK_EVENT_TYPES):
        return read_hook_event(event)
    return read_alert(event)
