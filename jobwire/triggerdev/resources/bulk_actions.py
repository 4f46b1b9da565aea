"""Bulk actions: canceling or replaying many runs at once."""

from collections.abc import AsyncIterator, Sequence

from jobwire.triggerdev.answers import answer_fields
from jobwire.triggerdev.bulk_actions import (
    BulkAction,
    BulkActionPage,
    bulk_action_body,
    read_bulk_action,
    read_bulk_action_page,
)
from jobwire.triggerdev.cursors import follow
from jobwire.triggerdev.json_text import encode
from jobwire.triggerdev.listing import MAX_PAGE_SIZE, RunFilter, page_query
from jobwire.triggerdev.paths import segment
from jobwire.triggerdev.sending import Sender

_PATH = "/api/v1/bulk-actions"


class BulkActions:
    """`client.bulk_actions`: many runs, chosen by their ids or by a filter.

    They are made in the background. Creating one is never sent again when its outcome
    is unknown, since a second one would do everything twice.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def cancel(
        self, runs: RunFilter | Sequence[str], *, name: str | None = None
    ) -> str:
        """Cancel runs; return the id of the action.

        Args:
            runs: 1 to 500 ids, or which ones.
            name: At most 255 characters, for people.

        Raises:
            InvalidOptionError: These runs or this name cannot be asked for.
        """
        return await self._create("cancel", runs, name=name)

    async def replay(
        self,
        runs: RunFilter | Sequence[str],
        *,
        name: str | None = None,
        target_region: str | None = None,
    ) -> str:
        """Make new runs of old ones; return the id of the action.

        The server has at most three replaying actions at once.

        Args:
            runs: 1 to 500 ids, or which ones.
            name: At most 255 characters, for people.
            target_region: Where the new runs execute; None: where the old ones did.

        Raises:
            InvalidOptionError: These runs or this name cannot be asked for.
        """
        return await self._create("replay", runs, name=name, region=target_region)

    async def retrieve(self, bulk_action_id: str) -> BulkAction:
        """Return a bulk action, with how far it is."""
        path = f"{_PATH}/{segment('bulk_action_id', bulk_action_id)}"
        body = await self._sender.call("GET", path, repeatable=True)
        return read_bulk_action(answer_fields(body))

    async def list_page(
        self,
        *,
        page_size: int = MAX_PAGE_SIZE,
        after: str | None = None,
        before: str | None = None,
    ) -> BulkActionPage:
        """Return one page of the bulk actions, newest first.

        Args:
            page_size: 1 to 100.
            after: The `next_cursor` of a page.
            before: The `previous_cursor` of a page.

        Raises:
            InvalidOptionError: There is no such page.
        """
        query = page_query(page_size, after, before)
        body = await self._sender.call("GET", _PATH, query=query, repeatable=True)
        return read_bulk_action_page(body)

    async def list(
        self, *, page_size: int = MAX_PAGE_SIZE
    ) -> AsyncIterator[BulkAction]:
        """Iterate over the bulk actions, newest first; pages come when needed."""

        async def page(cursor: str | None) -> tuple[Sequence[BulkAction], str | None]:
            found = await self.list_page(page_size=page_size, after=cursor)
            return found.bulk_actions, found.next_cursor

        async for action in follow(page):
            yield action

    async def abort(self, bulk_action_id: str) -> None:
        """Stop an action; what it did already stays done.

        Raises:
            ConflictError: It has ended.
        """
        path = f"{_PATH}/{segment('bulk_action_id', bulk_action_id)}/abort"
        body = await self._sender.call("POST", path, repeatable=False)
        answer_fields(body).text("id")

    async def _create(
        self,
        action: str,
        runs: RunFilter | Sequence[str],
        *,
        name: str | None,
        region: str | None = None,
    ) -> str:
        chosen = runs if isinstance(runs, RunFilter) else tuple(runs)
        request = bulk_action_body(action, chosen, name=name, target_region=region)
        body = await self._sender.call(
            "POST", _PATH, body=encode("runs", request), repeatable=False
        )
        return answer_fields(body).text("id")
