"""`resendNotification`: send what another back end is told once more."""

from typing import Annotated

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.cost import COMMAND
from jobwire.gql.errors import RefusalsAsData
from jobwire.gql.mutations.errors_field import errors_field
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.notification import Notification
from jobwire.gql.types.user_error import UserError
from jobwire.jobs.notifications.log import resend
from jobwire.jobs.viewer import Scope


@strawberry.input(description="The notification to send again.")
class ResendNotificationInput:
    """A notification."""

    id: strawberry.ID = strawberry.field(description="The id of a notification, ntf_….")


@strawberry.type(description="What resendNotification did.")
class ResendNotificationPayload:
    """A notification, or refusals."""

    notification: Notification | None = strawberry.field(
        default=None,
        description="The notification, PENDING and due at once; null when refused.",
    )
    errors: list[UserError] = errors_field()


async def resolve_resend_notification(
    info: Info,
    input: Annotated[
        ResendNotificationInput,
        strawberry.argument(description="The notification to send again."),
    ],
) -> ResendNotificationPayload:
    """Resolve `resendNotification`."""
    engine = info.context.engine
    async with info.context.database.transaction() as connection:
        row = await resend(connection, input.id, now=engine.clock.now())
    return ResendNotificationPayload(notification=Notification.of(row))


resend_notification = strawberry.mutation(
    resolver=resolve_resend_notification,
    description=(
        "Send a notification again, or now if it waits for its next attempt. Its id"
        " and its body are those of before, so that the target can tell a repeat; one"
        " that had ended gets as many attempts as a new one."
    ),
    extensions=[
        RequiresScope(Scope.ADMIN),
        RefusalsAsData(lambda errors: ResendNotificationPayload(errors=errors)),
    ],
    directives=[COMMAND],
)
