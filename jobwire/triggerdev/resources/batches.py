"""Batches: many triggers in one or two requests."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from jobwire.triggerdev.answers import answer_fields
from jobwire.triggerdev.batches import (
    MAX_BYTES_V2,
    MAX_CREATE_BYTES,
    MAX_ITEMS,
    MAX_ITEMS_V2,
    Batch,
    BatchItem,
    BatchNotSealedError,
    CreatedBatch,
    SentItems,
    checked_items,
    read_batch,
    read_sent_items,
    with_keys,
)
from jobwire.triggerdev.errors import InvalidOptionError
from jobwire.triggerdev.idempotency_keys import IdempotencyKey
from jobwire.triggerdev.json_text import encode
from jobwire.triggerdev.paths import segment
from jobwire.triggerdev.run_results import RunResult, read_result
from jobwire.triggerdev.sending import Answer, Sender
from jobwire.triggerdev.triggers import trigger_body

_NDJSON = "application/x-ndjson"
#: How often all items are sent at the most, and how long the first pause is.
_SENDINGS = 5
_FIRST_PAUSE = timedelta(seconds=1)


class Batches:
    """`client.batches`: makes up to a thousand runs at once."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def trigger(
        self,
        items: Iterable[BatchItem],
        *,
        idempotency_key: IdempotencyKey | str | None = None,
    ) -> CreatedBatch:
        """Make a batch and send its items, again and again until it has them all.

        The batch itself is never made twice. Its items are known by their places, so
        that sending them again is safe. Runs are made in the background.

        Args:
            items: 1 to 1,000. A payload that is too large for a request is uploaded.
            idempotency_key: Items without a key of their own get one that is made of
                it and their place. The batch itself has it too, and a second batch of
                the same key is refused by a server 4.5.

        Raises:
            InvalidOptionError: The items cannot be a batch; nothing was sent.
            BatchNotSealedError: The server still lacks items.
        """
        sent = with_keys(checked_items(items, most=MAX_ITEMS), idempotency_key)
        lines = await self._lines(sent)
        batch = await self.create(
            len(sent),
            task_ids=sorted({item.task_id for item in sent}),
            idempotency_key=idempotency_key,
        )
        if batch.is_cached:
            return batch
        pause = _FIRST_PAUSE
        for sending in range(1, _SENDINGS + 1):
            if (await self._send(batch.id, lines)).is_sealed:
                return batch
            if sending < _SENDINGS:
                await self._sender.sleep(pause.total_seconds())
                pause *= 2
        raise BatchNotSealedError(batch.id, _SENDINGS)

    async def create(
        self,
        run_count: int,
        *,
        task_ids: Sequence[str] = (),
        idempotency_key: IdempotencyKey | str | None = None,
        attempts: int | None = None,
    ) -> CreatedBatch:
        """Make a batch that waits for its items; the first step of `trigger`.

        Args:
            run_count: How many there will be, 1 to 1,000.
            task_ids: Of which tasks.
            idempotency_key: Refused when another batch has it.
            attempts: How often it is sent at the most; None: as all calls.

        Raises:
            InvalidOptionError: The count or the tasks are too many.
        """
        if not 1 <= run_count <= MAX_ITEMS:
            raise InvalidOptionError(
                "run_count", f"be 1 to {MAX_ITEMS:,}, not {run_count:,}"
            )
        request = {
            "runCount": run_count,
            "taskIdentifiers": list(task_ids) or None,
            "idempotencyKey": None if idempotency_key is None else str(idempotency_key),
        }
        given = {name: value for name, value in request.items() if value}
        body = encode("items", given)
        if len(body) > MAX_CREATE_BYTES:
            must = f"leave the request at most {MAX_CREATE_BYTES:,} bytes"
            raise InvalidOptionError("task_ids", must)
        answer = await self._sender.ask(
            "POST",
            "/api/v3/batches",
            body=body,
            repeatable=False,
            attempts=attempts,
        )
        return _created(answer)

    async def send_items(
        self,
        batch_id: str,
        items: Iterable[BatchItem],
        *,
        not_after: datetime | None = None,
    ) -> SentItems:
        """Send all items of a batch; the second step of `trigger`.

        Args:
            batch_id: Of a batch that waits for them.
            items: All of them, in their order, each time.
            not_after: When they may be sent at the latest.

        Raises:
            InvalidOptionError: There are none or too many.
            UnprocessableError: There is no such batch, or it takes no items any more.
        """
        lines = await self._lines(checked_items(items, most=MAX_ITEMS))
        return await self._send(batch_id, lines, not_after)

    async def trigger_v2(self, items: Iterable[BatchItem]) -> CreatedBatch:
        """Make a batch in one request, as older servers want it.

        It is never sent again when its outcome is unknown.

        Args:
            items: 1 to 500, at most 1,000,000 bytes in all.

        Raises:
            InvalidOptionError: The items cannot be such a batch.
        """
        checked = checked_items(items, most=MAX_ITEMS_V2)
        written = [
            await trigger_body(
                self._sender, item.payload, item.options, task=item.task_id
            )
            for item in checked
        ]
        body = b'{"items":[' + b",".join(written) + b"]}"
        if len(body) > MAX_BYTES_V2:
            must = f"have at most {MAX_BYTES_V2:,} bytes, not {len(body):,}"
            raise InvalidOptionError("items", f"{must}; `trigger` takes more")
        answer = await self._sender.ask(
            "POST", "/api/v2/tasks/batch", body=body, repeatable=False
        )
        return _created(answer)

    async def retrieve(self, batch_id: str) -> Batch:
        """Return a batch, with the ids of the runs that were made so far.

        Raises:
            NotFoundError: There is none, even after the retries that the server asks
                for.
        """
        path = f"/api/v2/batches/{segment('batch_id', batch_id)}"
        return read_batch(await self._sender.call("GET", path, repeatable=True))

    async def results(self, batch_id: str) -> tuple[RunResult, ...]:
        """Return the results of a batch, by a route that today tells of few runs.

        A real server 4.5.12 tells of no run of its current engine: retrieve the runs
        instead.

        Raises:
            NotFoundError: There is no such batch.
        """
        path = f"/api/v1/batches/{segment('batch_id', batch_id)}/results"
        body = await self._sender.call("GET", path, repeatable=True)
        items = answer_fields(body).optional_objects("items")
        return tuple(read_result(item.whole()) for item in items)

    async def _lines(self, items: Sequence[BatchItem]) -> bytes:
        lines = []
        for index, item in enumerate(items):
            line = await trigger_body(
                self._sender,
                item.payload,
                item.options,
                index=index,
                task=item.task_id,
            )
            lines.append(line + b"\n")
        return b"".join(lines)

    async def _send(
        self, batch_id: str, lines: bytes, not_after: datetime | None = None
    ) -> SentItems:
        path = f"/api/v3/batches/{segment('batch_id', batch_id)}/items"
        answer = await self._sender.ask(
            "POST",
            path,
            body=lines,
            content_type=_NDJSON,
            repeatable=True,
            not_after=not_after,
        )
        return read_sent_items(answer_fields(answer.body))


def _created(answer: Answer) -> CreatedBatch:
    fields = answer_fields(answer.body)
    return CreatedBatch(
        fields.text("id"),
        fields.count("runCount"),
        fields.flag("isCached"),
        answer.headers.get("x-trigger-jwt"),
    )
