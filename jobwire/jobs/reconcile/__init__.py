"""Reconcile: compare all open TRIGGER jobs with Trigger.dev, and heal what drifted.

Needs no hook and no webhook: alone it is enough for every job to reach its end. It
judges only jobs of the environment that it can ask, adopts before it settles, and
settles as lost only what Trigger.dev did not know twice, and never many at once.

`reconciler` makes a pass; its steps are `adopt`, `compare`, `sealed` and `judge`, which
share `one_pass` and what `glimpses` has seen in lists; `report` is what it leaves.
"""

from jobwire.jobs.reconcile.reconciler import PassUnderWayError, Reconciler
from jobwire.jobs.reconcile.report import (
    Disagreement,
    OrphanedRun,
    ReconcileReport,
    read_last,
    read_withheld,
)

__all__ = [
    "Disagreement",
    "OrphanedRun",
    "PassUnderWayError",
    "ReconcileReport",
    "Reconciler",
    "read_last",
    "read_withheld",
]
