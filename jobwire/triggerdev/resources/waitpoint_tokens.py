"""Waitpoint tokens: making them, looking at them, completing them."""

import re
from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from jobwire.triggerdev.answers import answer_fields
from jobwire.triggerdev.cursors import follow
from jobwire.triggerdev.ends import end_of, written_end
from jobwire.triggerdev.errors import InvalidOptionError, MalformedResponseError
from jobwire.triggerdev.json_text import encode
from jobwire.triggerdev.listing import MAX_PAGE_SIZE, page_query
from jobwire.triggerdev.paths import segment
from jobwire.triggerdev.sending import Sender
from jobwire.triggerdev.spans import Span, length_of, written
from jobwire.triggerdev.token_filter import WaitpointTokenFilter, check_texts
from jobwire.triggerdev.trigger_options import MAX_TAG_LENGTH, MAX_TAGS
from jobwire.triggerdev.waitpoint_tokens import (
    CreatedWaitpointToken,
    WaitpointToken,
    WaitpointTokenPage,
    read_created_token,
    read_token,
    read_token_page,
)

_PATH = "/api/v1/waitpoints/tokens"
_ONE_UNIT = re.compile(r"[0-9]+[smhd]")


class WaitpointTokens:
    """`client.waitpoint_tokens`: what runs wait for until somebody completes it."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def create(
        self,
        *,
        timeout: Span | datetime | None = None,  # noqa: ASYNC109 - the token's
        tags: Sequence[str] = (),
        idempotency_key: str | None = None,
        idempotency_key_ttl: Span | None = None,
    ) -> CreatedWaitpointToken:
        """Make a token, or find the one that the idempotency key already has.

        Args:
            timeout: When it ends by itself: a span, a text such as `1h30m`, or an
                aware instant; in the future. None: never.
            tags: At most 10 of 1 to 128 characters, without commas.
            idempotency_key: Only with it is the call sent again when its outcome is
                unknown.
            idempotency_key_ttl: How long the key counts: a span, as a text of one
                unit only (s, m, h or d). None: for good.

        Raises:
            InvalidOptionError: One is not as said above.
        """
        if timeout is not None:
            end_of("timeout", timeout, self._sender.now())
        if idempotency_key == "":
            raise InvalidOptionError("idempotency_key", "not be empty")
        _check_tags(tags)
        given = {
            "timeout": None if timeout is None else written_end(timeout),
            "tags": list(tags) or None,
            "idempotencyKey": idempotency_key,
            "idempotencyKeyTTL": _key_ttl(idempotency_key, idempotency_key_ttl),
        }
        body = {name: value for name, value in given.items() if value is not None}
        answer = await self._sender.ask(
            "POST",
            _PATH,
            body=encode("tags", body),
            repeatable=idempotency_key is not None,
        )
        return read_created_token(answer.body, answer.headers.get("x-trigger-jwt"))

    async def retrieve(self, token_id: str) -> WaitpointToken:
        """Return a token.

        Raises:
            NotFoundError: There is none.
        """
        path = f"{_PATH}/{segment('token_id', token_id)}"
        return read_token(await self._sender.call("GET", path, repeatable=True))

    async def complete(self, token_id: str, data: object = None) -> None:
        """Complete a token; one that has ended stays as it is.

        Args:
            token_id: `waitpoint_…`.
            data: JSON, given to whoever waits.

        Raises:
            InvalidOptionError: The data is no JSON.
            NotFoundError: There is no such token.
        """
        path = f"{_PATH}/{segment('token_id', token_id)}/complete"
        body = encode("data", {"data": data})
        answer = await self._sender.call("POST", path, body=body, repeatable=True)
        if not answer_fields(answer).flag("success"):
            raise MalformedResponseError("The answer does not say that it is complete.")

    async def list_page(
        self,
        filter: WaitpointTokenFilter | None = None,
        *,
        page_size: int = MAX_PAGE_SIZE,
        after: str | None = None,
        before: str | None = None,
    ) -> WaitpointTokenPage:
        """Return one page of the tokens, newest first.

        Args:
            filter: Which ones; None: all.
            page_size: 1 to 100.
            after: The `next_cursor` of a page.
            before: The `previous_cursor` of a page.

        Raises:
            InvalidOptionError: There is no such page.
        """
        query = page_query(page_size, after, before)
        if filter is not None:
            query |= filter.to_query()
        answer = await self._sender.call("GET", _PATH, query=query, repeatable=True)
        return read_token_page(answer)

    async def list(
        self,
        filter: WaitpointTokenFilter | None = None,
        *,
        page_size: int = MAX_PAGE_SIZE,
    ) -> AsyncIterator[WaitpointToken]:
        """Iterate over tokens, newest first; pages come when needed."""

        async def page(
            cursor: str | None,
        ) -> tuple[Sequence[WaitpointToken], str | None]:
            found = await self.list_page(filter, page_size=page_size, after=cursor)
            return found.tokens, found.next_cursor

        async for token in follow(page):
            yield token


def _check_tags(tags: Sequence[str]) -> None:
    check_texts("tags", tags)
    if len(tags) > MAX_TAGS:
        raise InvalidOptionError("tags", f"be at most {MAX_TAGS}, not {len(tags)}")
    for tag in tags:
        if len(tag) > MAX_TAG_LENGTH:
            must = f"have at most {MAX_TAG_LENGTH} characters, not {len(tag)}"
            raise InvalidOptionError("tags", must)


def _key_ttl(key: str | None, ttl: Span | None) -> str | None:
    if ttl is None:
        return None
    if key is None:
        raise InvalidOptionError("idempotency_key_ttl", "come with a key")
    length_of("idempotency_key_ttl", ttl)
    text = written(ttl)
    if not _ONE_UNIT.fullmatch(text):
        must = f"be one number and one of s, m, h and d, not {text!r}"
        raise InvalidOptionError("idempotency_key_ttl", must)
    return text
