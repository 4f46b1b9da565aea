"""Idempotency keys: taking them away from their runs."""

from jobwire.triggerdev.answers import answer_fields
from jobwire.triggerdev.idempotency_keys import IdempotencyKey
from jobwire.triggerdev.json_text import encode
from jobwire.triggerdev.paths import segment
from jobwire.triggerdev.sending import Sender


class IdempotencyKeys:
    """`client.idempotency_keys`: lets a key make a new run."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def reset(self, task_id: str, key: IdempotencyKey | str) -> None:
        """Take a key away from the runs of a task that have it, whatever their status.

        Args:
            task_id: Of the task.
            key: As it was sent when triggering: what `create_idempotency_key` made, or
                the text itself, which is not hashed here.

        Raises:
            NotFoundError: No run of the task has the key.
        """
        value = key.value if isinstance(key, IdempotencyKey) else key
        path = f"/api/v1/idempotencyKeys/{segment('key', value)}/reset"
        request = encode("task_id", {"taskIdentifier": task_id})
        body = await self._sender.call("POST", path, body=request, repeatable=True)
        answer_fields(body).text("id")
