"""Runs: looking at them, changing them, waiting for them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from jobwire.triggerdev.answers import answer_fields
from jobwire.triggerdev.cursors import follow
from jobwire.triggerdev.errors import InvalidOptionError, OutputTooLargeError
from jobwire.triggerdev.json_text import encode
from jobwire.triggerdev.listing import (
    MAX_PAGE_SIZE,
    ProjectScope,
    RunFilter,
    page_query,
)
from jobwire.triggerdev.packets import decode_packet
from jobwire.triggerdev.paths import segment
from jobwire.triggerdev.realtime.feed import MAX_WINDOW, Feed, runs_feed_query
from jobwire.triggerdev.realtime.subscription import RunSubscription
from jobwire.triggerdev.replays import KEEP, replay_body
from jobwire.triggerdev.run_metadata import (
    MetadataOperation,
    metadata_body,
    read_metadata,
)
from jobwire.triggerdev.run_results import RunResult, read_result
from jobwire.triggerdev.runs import Run, RunPage, RunSummary, read_run, read_run_page
from jobwire.triggerdev.sending import BodyTooLargeError, Sender
from jobwire.triggerdev.spans import Span
from jobwire.triggerdev.traces import SpanDetail, Trace, read_span, read_trace
from jobwire.triggerdev.trigger_options import TriggerOptions
from jobwire.triggerdev.waiting import PollPace, RunWait


class Runs:
    """`client.runs`: what became of what was triggered."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def retrieve(self, run_id: str, *, deadline: timedelta | None = None) -> Run:
        """Return a run.

        Args:
            run_id: Of the run.
            deadline: How long it may take with all its waits; None: as all calls of
                the client.

        Raises:
            NotFoundError: There is none, even after the retries that the server asks
                for because its replicas lag.
        """
        path = f"/api/v3/runs/{segment('run_id', run_id)}"
        body = await self._sender.call("GET", path, repeatable=True, deadline=deadline)
        return read_run(body)

    async def list_page(
        self,
        runs: RunFilter,
        *,
        page_size: int = MAX_PAGE_SIZE,
        after: str | None = None,
        before: str | None = None,
        project: ProjectScope | None = None,
    ) -> RunPage:
        """Return one page of runs, newest first; before a cursor, oldest first.

        Lists lag: a run that was just created can be missing for some seconds.

        Args:
            runs: Which ones, of which window of time.
            page_size: 1 to 100.
            after: The `next_cursor` of a page.
            before: The `previous_cursor` of a page.
            project: Runs of several environments of a project, which only a client
                with a personal token (`tr_pat_…`) may list; None: of the key's.

        Raises:
            InvalidOptionError: There is no such page.
        """
        path, environments = "/api/v1/runs", {}
        if project is not None:
            path = f"/api/v1/projects/{segment('project', project.ref)}/runs"
            environments = project.to_query()
        query = {
            **environments,
            **runs.to_query(),
            **page_query(page_size, after, before),
        }
        body = await self._sender.call("GET", path, query=query, repeatable=True)
        return read_run_page(body)

    async def list(
        self,
        runs: RunFilter,
        *,
        page_size: int = MAX_PAGE_SIZE,
        project: ProjectScope | None = None,
    ) -> AsyncIterator[RunSummary]:
        """Iterate over runs, newest first; see `list_page`.

        A page is asked for when its first run is.
        """

        async def page(cursor: str | None) -> tuple[Sequence[RunSummary], str | None]:
            found = await self.list_page(
                runs, page_size=page_size, after=cursor, project=project
            )
            return found.runs, found.next_cursor

        async for run in follow(page):
            yield run

    async def wait_for_run(
        self,
        run_id: str,
        *,
        deadline: timedelta,
        pace: PollPace = PollPace(),  # noqa: B008 - frozen
    ) -> Run:
        """Return a run when it has ended, in whichever of the `TERMINAL` statuses.

        Answers that are only late, and servers that are only down, are waited out. So
        is a 404 for as long as `NOT_FOUND_GRACE`, since a new run can be missing.

        Args:
            run_id: Of the run.
            deadline: How long to wait at the most.
            pace: How often to look.

        Raises:
            WaitTimeoutError: It has not ended by then; it tells how the run was seen
                last.
            NotFoundError: There is no such run.
        """
        return await RunWait(self, self._sender, run_id, deadline, pace).wait()

    async def cancel(self, run_id: str) -> None:
        """Ask that a run be canceled.

        The server says yes to every run that exists, also to one that has ended and
        stays as it is; only retrieving it tells what became of it, and its code may
        go on for some seconds.

        Raises:
            NotFoundError: There is no such run.
        """
        path = f"/api/v2/runs/{segment('run_id', run_id)}/cancel"
        body = await self._sender.call("POST", path, repeatable=True)
        # Something else than the API may say 200, too.
        answer_fields(body).text("id")

    async def replay(
        self,
        run_id: str,
        *,
        payload: object = KEEP,
        options: TriggerOptions = TriggerOptions(),  # noqa: B008 - frozen
    ) -> str:
        """Make a new run of an old one, whatever became of it; return the new one's id.

        It has the payload, tags, metadata, queue and machine of the old one, and no
        idempotency key. It is never sent again when its outcome is unknown.

        Args:
            run_id: Of the old run.
            payload: Instead of the old one. A server of 4.5 ignores it, and every
                option (read 2026-11-23); those of today take them.
            options: Instead of the old run's; of debounce, test, the external
                deployment and the key's original there is none.

        Raises:
            BadRequestError: The server could not make a run.
            InvalidOptionError: An option cannot be replaced.
        """
        path = f"/api/v1/runs/{segment('run_id', run_id)}/replay"
        request = replay_body(payload, options, now=self._sender.now())
        body = b"" if not request else encode("payload", request)
        answer = await self._sender.call("POST", path, body=body, repeatable=False)
        return answer_fields(answer).text("id")

    async def reschedule(self, run_id: str, delay: Span | datetime) -> Run:
        """Move the start of a run that is DELAYED, and return the run.

        Args:
            run_id: Of the run.
            delay: From now on, or until when: a span, a text such as `1h30m`, or an
                aware instant.

        Raises:
            BadRequestError: The run is not delayed.
            InvalidOptionError: The delay is none, or over.
        """
        # Its rules are those of a delay when triggering.
        options = TriggerOptions(delay=delay)
        options.check_at(self._sender.now())
        path = f"/api/v1/runs/{segment('run_id', run_id)}/reschedule"
        body = await self._sender.call(
            "POST",
            path,
            body=encode("delay", {"delay": options.to_json()["delay"]}),
            repeatable=True,
        )
        return read_run(body)

    async def metadata(self, run_id: str) -> dict[str, Any] | None:
        """Return the metadata of a run; None: it has none."""
        path = f"/api/v1/runs/{segment('run_id', run_id)}/metadata"
        body = await self._sender.call("GET", path, repeatable=True)
        return read_metadata(answer_fields(body).any("metadata"))

    async def update_metadata(
        self,
        run_id: str,
        metadata: Mapping[str, Any] | None = None,
        *,
        operations: Sequence[MetadataOperation] = (),
        parent_operations: Sequence[MetadataOperation] = (),
        root_operations: Sequence[MetadataOperation] = (),
    ) -> dict[str, Any]:
        """Change the metadata of a run, and return them.

        What is returned may lack operations that the server still gathers.

        Args:
            run_id: Of the run.
            metadata: Put in place of all there is, at most 262,144 bytes; None: kept.
            operations: Changes to the run's own, in their order.
            parent_operations: Changes to those of the run that triggered it.
            root_operations: Changes to those of the run at the top.

        Raises:
            NotFoundError: There is no such run.
            InvalidOptionError: There is nothing to change, or too much.
        """
        request = metadata_body(
            metadata, operations, parent_operations, root_operations
        )
        path = f"/api/v1/runs/{segment('run_id', run_id)}/metadata"
        body = await self._sender.call(
            "PUT",
            path,
            body=encode("metadata", request),
            # An operation that is done twice is not the same as once.
            repeatable=set(request) == {"metadata"},
        )
        return read_metadata(answer_fields(body).any("metadata")) or {}

    async def add_tags(self, run_id: str, tags: Sequence[str]) -> None:
        """Add tags to a run; those that it has stay, and none can be taken away.

        Args:
            run_id: Of the run.
            tags: Of 1 to 128 characters without commas; the run may have 10 in all.

        Raises:
            UnprocessableError: The run would have more than 10.
            InvalidOptionError: A tag cannot be one.
        """
        # Its rules are those of tags when triggering.
        checked = TriggerOptions(tags=tuple(tags))
        if not checked.tags:
            raise InvalidOptionError("tags", "be at least one")
        path = f"/api/v1/runs/{segment('run_id', run_id)}/tags"
        request = encode("tags", {"tags": list(checked.tags)})
        body = await self._sender.call("POST", path, body=request, repeatable=True)
        answer_fields(body).text("message")

    async def events(self, run_id: str) -> tuple[dict[str, Any], ...]:
        """Return what the server's store of traces has of a run, unread.

        Its shape is not promised to anyone (Trigger.dev 4.5.12, read 2026-11-23).
        """
        path = f"/api/v1/runs/{segment('run_id', run_id)}/events"
        body = await self._sender.call("GET", path, repeatable=True)
        return tuple(event.whole() for event in answer_fields(body).objects("events"))

    async def trace(self, run_id: str) -> Trace:
        """Return the tree of what a run did.

        Raises:
            NotFoundError: There is no such run, or no trace of it.
        """
        path = f"/api/v1/runs/{segment('run_id', run_id)}/trace"
        return read_trace(await self._sender.call("GET", path, repeatable=True))

    async def span(self, run_id: str, span_id: str) -> SpanDetail:
        """Return one span of a run's trace in detail.

        Raises:
            NotFoundError: There is no such run or span.
        """
        run = segment("run_id", run_id)
        path = f"/api/v1/runs/{run}/spans/{segment('span_id', span_id)}"
        return read_span(await self._sender.call("GET", path, repeatable=True))

    async def result(self, run_id: str) -> RunResult:
        """Return the result of a run, by a route that today finds few of them.

        A real server 4.5.12 answers 404 for every run of its current engine: use
        `retrieve` or `wait_for_run`.

        Raises:
            NotFoundError: There is no such run, or it has no result here.
        """
        path = f"/api/v1/runs/{segment('run_id', run_id)}/result"
        return read_result(await self._sender.call("GET", path, repeatable=True))

    async def read_output(self, run: Run, *, limit: int) -> object:
        """Return the output of a run, fetched when it lies in the object store.

        Args:
            run: As just retrieved: its presigned URL soon grows old.
            limit: How much to fetch, in bytes; an output that came with the run is
                not measured.

        Raises:
            OutputTooLargeError: There is more to fetch.
        """
        if run.output_presigned_url is None:
            return run.output
        return await self._read(run.id, run.output_presigned_url, limit)

    async def read_payload(self, run: Run, *, limit: int) -> object:
        """Return the payload of a run, fetched when it lies in the object store.

        Args:
            run: As just retrieved: its presigned URL soon grows old.
            limit: How much to fetch, in bytes.

        Raises:
            OutputTooLargeError: There is more to fetch.
        """
        if run.payload_presigned_url is None:
            return run.payload
        return await self._read(run.id, run.payload_presigned_url, limit)

    async def _read(self, run_id: str, url: str, limit: int) -> object:
        try:
            media_type, body = await self._sender.fetch(url, limit=limit)
        except BodyTooLargeError:
            raise OutputTooLargeError(run_id, limit) from None
        return decode_packet(media_type, body)

    def subscribe_to_run(
        self, run_id: str, *, cursor: str | None = None
    ) -> RunSubscription:
        """Follow a run until it has ended: its state now, then every change.

        Args:
            run_id: Of the run.
            cursor: Of a subscription to the same run, to go on from there.

        Raises:
            InvalidOptionError: The id or the cursor cannot be one.
        """
        path = f"/realtime/v1/runs/{segment('run_id', run_id)}"
        return RunSubscription(
            Feed(self._sender, path, {}, cursor=cursor),
            retrieve=lambda: self.retrieve(run_id),
        )

    def subscribe_to_runs(
        self,
        *,
        tags: Sequence[str] = (),
        created_within: timedelta = MAX_WINDOW,
        with_payload: bool = True,
        cursor: str | None = None,
    ) -> RunSubscription:
        """Follow the runs that have all of some tags, and those that will have them.

        Args:
            tags: All of them, unlike in lists; empty: every run.
            created_within: How old a run may be when the subscription begins, in
                whole seconds.
            with_payload: Whether each state comes with the payload of its run, which
                else is None.
            cursor: Of a subscription to the same tags, to go on from there.

        Raises:
            InvalidOptionError: A value cannot be asked for; the server would cut a
                window of more than 24 hours without a word.
        """
        query = runs_feed_query(
            tags=tags, created_within=created_within, with_payload=with_payload
        )
        return RunSubscription(
            Feed(self._sender, "/realtime/v1/runs", query, cursor=cursor)
        )

    def subscribe_to_batch(
        self, batch_id: str, *, cursor: str | None = None
    ) -> RunSubscription:
        """Follow the runs of a batch; it never ends by itself.

        Args:
            batch_id: `batch_…`.
            cursor: Of a subscription to the same batch, to go on from there.

        Raises:
            InvalidOptionError: The id or the cursor cannot be one.
        """
        path = f"/realtime/v1/batches/{segment('batch_id', batch_id)}"
        return RunSubscription(Feed(self._sender, path, {}, cursor=cursor))
