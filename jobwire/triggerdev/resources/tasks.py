"""Tasks: triggering them."""

from datetime import datetime, timedelta

from jobwire.triggerdev.answers import answer_fields
from jobwire.triggerdev.paths import segment
from jobwire.triggerdev.sending import Sender
from jobwire.triggerdev.trigger_options import Triggered, TriggerOptions
from jobwire.triggerdev.triggers import trigger_body


class Tasks:
    """`client.tasks`: makes runs of the tasks that are deployed."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def trigger(
        self,
        task_id: str,
        payload: object,
        options: TriggerOptions = TriggerOptions(),  # noqa: B008 - frozen
        *,
        resend: bool = True,
        deadline: timedelta | None = None,
        attempts: int | None = None,
        not_after: datetime | None = None,
    ) -> Triggered:
        """Make a run, or find the one that the idempotency key already has.

        A task that nobody has deployed is accepted too. When the outcome is unknown,
        the call is sent again only with an idempotency key. Even then it can make a
        second run in one case: the key is freed when its run fails, and the first
        may have failed meanwhile.

        Args:
            task_id: Of the task.
            payload: JSON, given to the task as it is. It is uploaded to the server's
                object store when the request would have more than 3 MiB.
            options: How the run shall be made.
            resend: False: it is never sent again when its outcome is unknown, for
                callers who look for the run themselves.
            deadline: How long it may take with all its waits; None: as all calls of
                the client.
            attempts: How often it is sent at the most; None: as all calls.
            not_after: When it may be sent at the latest; after that it fails, and its
                outcome is known.

        Raises:
            InvalidOptionError: The task's id is empty, the payload is no JSON, or
                the delay is over.
        """
        path = f"/api/v1/tasks/{segment('task_id', task_id)}/trigger"
        body = await trigger_body(self._sender, payload, options)
        answer = await self._sender.ask(
            "POST",
            path,
            body=body,
            repeatable=resend and options.idempotency_key is not None,
            deadline=deadline,
            attempts=attempts,
            not_after=not_after,
        )
        fields = answer_fields(answer.body)
        return Triggered(
            fields.text("id"),
            fields.flag("isCached"),
            answer.headers.get("x-trigger-jwt"),
        )
