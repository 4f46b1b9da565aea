"""All checks, in the order in which they are made."""

from jobwire.app.doctor import (
    clocks,
    connections,
    database,
    settings,
    trigger,
    webhook,
    work,
)

CHECKS = (
    *settings.CHECKS,
    *database.CHECKS,
    *connections.CHECKS,
    *clocks.CHECKS,
    *work.CHECKS,
    *trigger.CHECKS,
    *clocks.AFTER_TRIGGER,
    *webhook.CHECKS,
)
