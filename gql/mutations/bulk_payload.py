"""The payload of the mutations over many jobs."""

import strawberry

from jobwire.gql.mutations.errors_field import errors_field
from jobwire.gql.types.bulk_operation import BulkOperation
from jobwire.gql.types.user_error import UserError


@strawberry.type(description="What became of a request about many jobs.")
class BulkPayload:
    """An operation, a count, or refusals."""

    operation: BulkOperation | None = strawberry.field(
        default=None,
        description=(
            "The operation, which workers carry out; follow it with the subscription"
            " bulkOperation. Null when refused, and after a dryRun."
        ),
    )
    matched_count: int | None = strawberry.field(
        default=None,
        description="How many jobs the selection held; null when refused.",
    )
    errors: list[UserError] = errors_field()
