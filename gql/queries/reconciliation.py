"""`reconciliation`: how the comparison with Trigger.dev fares."""

import strawberry

from jobwire.gql.cost import OWN_STATEMENT
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.reconciliation import Reconciliation
from jobwire.jobs.viewer import Scope


def resolve_reconciliation() -> Reconciliation:
    """Resolve `reconciliation`."""
    return Reconciliation()


reconciliation = strawberry.field(
    resolver=resolve_reconciliation,
    description=(
        "How the comparison of TRIGGER jobs with Trigger.dev fares: its last report,"
        " how quick each path is, and what had to be put right."
    ),
    extensions=[RequiresScope(Scope.ADMIN)],
    directives=[OWN_STATEMENT],
)
