"""Sync paths: how runs are followed between two passes of reconciliation."""

from enum import StrEnum


class SyncPath(StrEnum):
    """One way by which news of runs comes; reconciliation is never off, and is none."""

    #: Events are posted to the webhook route, by hooks and by Trigger.dev's alerts.
    WEBHOOK = "webhook"
    #: Trigger.dev's Realtime feed is followed.
    REALTIME = "realtime"
    #: Open runs are asked one by one, the young ones often.
    POLL = "poll"
