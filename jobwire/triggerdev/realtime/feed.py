"""The log of a shape, read answer by answer over HTTP.

Source: the protocol of `@electric-sql/client` 1.0.14, as version 4.8.3 of the official
SDK speaks it, and answers of a real server 4.5.12.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from jobwire.triggerdev.errors import (
    ConflictError,
    InvalidOptionError,
    MalformedResponseError,
)
from jobwire.triggerdev.json_text import is_unicode
from jobwire.triggerdev.realtime.cursor import Place, read_cursor
from jobwire.triggerdev.realtime.rows import MustRefetchError, Rows
from jobwire.triggerdev.realtime.run import RealtimeRun
from jobwire.triggerdev.realtime.values import read_schema
from jobwire.triggerdev.sending import Sender

#: The server cuts longer windows, and does not say so (4.5.12, issue 3018).
MAX_WINDOW = timedelta(hours=24)
_BEGINNING = "-1"
#: The server holds a poll for 20 s.
_READ_TIMEOUT = timedelta(seconds=45)
_SECOND = timedelta(seconds=1)
#: The clocks of their servers may differ by so much.
_SKEW = timedelta(minutes=1)


class Feed:
    """One log, and how far it was read.

    Args:
        sender: Sends the polls.
        path: Of the shape.
        query: What defines the shape.
        cursor: Where to begin; None: with everything that there is.

    Raises:
        InvalidOptionError: The cursor is none.
    """

    def __init__(
        self, sender: Sender, path: str, query: Mapping[str, str], *, cursor: str | None
    ) -> None:
        self.sender = sender
        self._path = path
        self._query = query
        place = None if cursor is None else read_cursor(cursor)
        newest = place.newest if place else None
        self._rows = Rows(newest - _SKEW if newest else None)
        self._handle = place.handle if place else None
        self._offset = place.offset if place else _BEGINNING
        self._buster = ""
        self._schema: Mapping[str, Any] | None = None
        self._up_to_date = False
        self._loading = place is None
        if self._loading:
            self._rows.begin_again()

    @property
    def cursor(self) -> str | None:
        """Where it can be taken up again; None: not yet anywhere."""
        if self._handle is None or self._loading:
            return None
        return Place(self._handle, self._offset, self._rows.newest).encode()

    @property
    def is_live(self) -> bool:
        """Whether the next poll waits for something to happen."""
        return self._up_to_date

    @property
    def rows(self) -> int:
        """How many runs are kept in memory."""
        return len(self._rows)

    def begin_again(self, handle: str | None = None) -> None:
        """Read the log from its beginning next."""
        self._handle, self._offset, self._buster = handle, _BEGINNING, ""
        self._up_to_date, self._loading, self._schema = False, True, None
        self._rows.begin_again()

    async def poll(self) -> Sequence[RealtimeRun]:
        """Ask once, and return the states that are new, in their order.

        Raises:
            MustRefetchError: It begins again with the next poll.
            TriggerDevError: As `Sender.poll`.
        """
        query = {**self._query, "log": "full", "offset": self._offset}
        if self._handle is not None:
            query["handle"] = self._handle
        if self._up_to_date and self._schema is not None:
            query["live"] = "true"
            if self._buster:
                query["cursor"] = self._buster
        try:
            headers, body = await self.sender.poll(
                self._path, query=query, patience=_READ_TIMEOUT
            )
        except ConflictError as error:
            self.begin_again(error.headers.get("electric-handle"))
            raise MustRefetchError from error
        if "electric-schema" in headers or self._schema is None:
            self._schema = read_schema(headers.get("electric-schema"))
        messages = [] if body is None else body
        if not isinstance(messages, list):
            raise MalformedResponseError("An answer of the feed is not a list.")
        try:
            states, ended = self._rows.fold(
                messages, self._schema, loading=self._loading
            )
        except MustRefetchError:
            self.begin_again()
            raise
        self._handle = headers.get("electric-handle") or self._handle
        self._offset = headers.get("electric-offset") or self._offset
        self._buster = headers.get("electric-cursor") or ""
        self._up_to_date = self._up_to_date or ended or body is None
        self._loading = self._loading and not self._up_to_date
        return states


def runs_feed_query(
    *, tags: Sequence[str], created_within: timedelta, with_payload: bool = True
) -> dict[str, str]:
    """Write the query of `GET /realtime/v1/runs`; see `Runs.subscribe_to_runs`.

    Raises:
        InvalidOptionError: A value cannot be asked for.
    """
    if isinstance(tags, str):
        raise InvalidOptionError("tags", f"be several texts, not one: {tags!r}")
    for tag in tags:
        if not tag or "," in tag or not is_unicode(tag):
            must = f"be texts without commas to be followed by, not {tag!r}"
            raise InvalidOptionError("tags", must)
    if created_within > MAX_WINDOW:
        must = "be 24 hours at most: the server cuts longer windows without a word"
        raise InvalidOptionError("created_within", must)
    if created_within < _SECOND or created_within % _SECOND:
        raise InvalidOptionError("created_within", "be whole seconds, at least one")
    query = {"createdAt": f"{created_within // _SECOND}s"}
    if not with_payload:
        query["skipColumns"] = "payload"
    return {**({"tags": ",".join(tags)} if tags else {}), **query}
