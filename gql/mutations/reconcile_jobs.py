"""`reconcileJobs`: compare all open TRIGGER jobs with Trigger.dev now."""

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.cost import Cost
from jobwire.gql.errors import RefusalsAsData
from jobwire.gql.mutations.errors_field import errors_field
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.reconcile_report import ReconcileReport
from jobwire.gql.types.user_error import UserError
from jobwire.jobs.asking_now import reconcile_now
from jobwire.jobs.doorbell import Topic
from jobwire.jobs.viewer import Scope


@strawberry.type(description="What reconcileJobs did.")
class ReconcileJobsPayload:
    """A report, or refusals."""

    report: ReconcileReport | None = strawberry.field(
        default=None, description="What was found; null when refused."
    )
    errors: list[UserError] = errors_field()


async def resolve_reconcile_jobs(info: Info) -> ReconcileJobsPayload:
    """Resolve `reconcileJobs`."""
    engine = info.context.engine
    report = await reconcile_now(engine)
    engine.doorbell.ring(Topic.CHANGE)
    return ReconcileJobsPayload(report=ReconcileReport.of(report))


reconcile_jobs = strawberry.mutation(
    resolver=resolve_reconcile_jobs,
    description=(
        "Compare all open TRIGGER jobs with Trigger.dev now, and heal what drifted."
        " Workers do so by themselves at their start and every few minutes."
    ),
    extensions=[
        RequiresScope(Scope.ADMIN),
        RefusalsAsData(lambda errors: ReconcileJobsPayload(errors=errors)),
    ],
    directives=[Cost(weight=100)],
)
