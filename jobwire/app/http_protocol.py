"""uvicorn's HTTP, with limits for what comes before a request is understood."""

import asyncio
from asyncio import TimerHandle, Transport
from enum import Enum, auto
from functools import lru_cache
from http import HTTPStatus
from itertools import chain
from typing import Any
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.httptools_impl import (
    HttpToolsProtocol,
    RequestResponseCycle,
)

from jobwire.app.connection_terms import is_leaving, terms_of
from jobwire.app.early_answers import FULL, NO_REQUEST, TOO_SLOW, RefusedError
from jobwire.app.exchange import Exchange
from jobwire.app.joined_head import JoinedHead
from jobwire.app.lingering import linger
from jobwire.app.request_head import check_head
from jobwire.app.slow_reader import SlowReader

#: Addresses that are remembered with their parts: most requests have one of a few.
_MAX_REMEMBERED = 64


class _Stage(Enum):
    """What of a request comes next."""

    HEAD = auto()
    BODY = auto()
    #: Nothing: it is complete.
    NOTHING = auto()


class HttpProtocol(HttpToolsProtocol):
    """Refuses requests that are too slow, too large or none, and too many of them.

    uvicorn's own waits for ever for the rest of a request and takes any number of
    bytes meanwhile, and it logs a line for each client that speaks no HTTP.
    The limits are those of its configuration.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._terms = terms_of(self.config)
        self._stage = _Stage.HEAD
        #: What the timer waits for.
        self._awaited = _Stage.NOTHING
        self._timer: TimerHandle | None = None
        self._has_begun = False
        #: Since when no request has come; None: one has.
        self._idle_since: float | None = None
        self._head_bytes = 0
        #: Whether the request asks for another protocol than this and websockets.
        self._asks_for_another = False
        #: Whether nothing more is read, because what came could not be.
        self._is_deaf = False
        self._connection: Transport
        self._slow_reader: SlowReader

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Take a connection, unless there are too many."""
        super().connection_made(transport)
        self._connection = transport
        self.transport = JoinedHead(transport)
        self._slow_reader = SlowReader(transport, self._terms.stall)
        if len(self.connections) > self._terms.connections:
            transport.write(FULL)
            transport.close()
        else:
            self._await(_Stage.HEAD)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the client."""
        self._await(_Stage.NOTHING)
        self._slow_reader.rest()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what has come, and see to it that the rest comes in time."""
        if self._is_deaf:
            return
        self._idle_since = None
        was_in_head = self._stage is _Stage.HEAD
        try:
            self.parser.feed_data(data)
            if was_in_head and self._stage is _Stage.HEAD:
                self._count_head(len(data))
        except httptools.HttpParserUpgrade as upgrade:
            if self._should_upgrade():
                self._await(_Stage.NOTHING)
                self.transport = self._connection
                self.handle_websocket_upgrade()
            else:
                self._read_as_if_it_had_not_asked(data[upgrade.args[0] :])
        except httptools.HttpParserError as error:
            # A callback that raised is the cause of the parser's own error.
            cause = error.__context__
            self._refuse(
                cause.answer if isinstance(cause, RefusedError) else NO_REQUEST
            )
        except RefusedError as refused:
            self._refuse(refused.answer)
        else:
            self._await(self._what_comes_next())

    def on_message_begin(self) -> None:
        """Begin a request."""
        if len(self.pipeline) >= self._terms.pipelined:
            raise RefusedError(
                HTTPStatus.TOO_MANY_REQUESTS,
                "LIMIT_EXCEEDED",
                f"At most {self._terms.pipelined:,} requests may wait on a connection.",
            )
        self._stage = _Stage.HEAD
        self._has_begun = True
        self._head_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Begin to answer a request."""
        terms = self._terms
        if len(self.url) > terms.line_bytes:
            raise self._line_too_long()
        if (
            len(self.headers) > terms.headers
            or sum(map(len, chain.from_iterable(self.headers))) > terms.head_bytes
        ):
            raise self._head_too_large()
        version = self.parser.get_http_version()
        check_head(version, self.headers)
        self._await(_Stage.NOTHING)
        if not self.parser.should_upgrade():
            self._begin_exchange(version)
        elif self._should_upgrade():
            super().on_headers_complete()
        elif self.parser.get_method() == b"CONNECT":
            raise RefusedError(
                HTTPStatus.BAD_REQUEST, "BAD_REQUEST", "This is no proxy."
            )
        else:
            self._asks_for_another = True
            return
        self._stage = _Stage.BODY

    def on_message_complete(self) -> None:
        """End the reading of a request."""
        if self._asks_for_another:
            return
        self._stage = _Stage.NOTHING
        self._has_begun = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """End the writing of an answer, perhaps of the last one."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            self._slow_reader.watch()
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            return
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._look_later(self.timeout_keep_alive)

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection that has not been used for long enough."""
        self.timeout_keep_alive_task = None
        if self._idle_since is None:
            return
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._look_later(left)
            return
        super().timeout_keep_alive_handler()
        self._slow_reader.watch()

    def pause_writing(self) -> None:
        """Wait until the client has read some of what was sent."""
        super().pause_writing()
        self._slow_reader.watch()

    def resume_writing(self) -> None:
        """Go on."""
        super().resume_writing()
        self._slow_reader.rest()

    def _look_later(self, seconds: float) -> None:
        """Look whether the connection is used; not by a timer for each request."""
        self.timeout_keep_alive_task = self.loop.call_later(
            seconds, self.timeout_keep_alive_handler
        )

    def _begin_exchange(self, version: str) -> None:
        """Have the application answer, now or when it has answered what came before."""
        parser = self.parser
        path, raw_path, query_string = _parts(self.url)
        self.scope |= {
            "http_version": version,
            "method": parser.get_method().decode("ascii"),
            "path": path,
            "raw_path": raw_path,
            "query_string": query_string,
        }
        is_answering = self._is_answering()
        exchange = self.cycle = Exchange(
            scope=self.scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=version != "1.0"
            and parser.should_keep_alive()
            and not is_leaving(self.config),
            on_response=self.on_response_complete,
        )
        if is_answering:
            self.flow.pause_reading()
            self.pipeline.appendleft((exchange, self.app))
        else:
            self._start_asgi_task(exchange, self.app)

    def _read_as_if_it_had_not_asked(self, rest: bytes) -> None:
        """Read a request without its wish for another protocol, and what follows it.

        Some clients, such as those of Java, wish for HTTP/2 whenever they are not on
        TLS. The parser has left their bodies unread.
        """
        head = [
            b"%b %b HTTP/%b\r\n"
            % (
                self.parser.get_method(),
                self.url,
                self.parser.get_http_version().encode(),
            )
        ]
        head += [
            b"%b: %b\r\n" % (name, value)
            for name, value in self.headers
            if name != b"upgrade"
        ]
        self._asks_for_another = False
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self.data_received(b"".join(head) + b"\r\n" + rest)

    def _count_head(self, length: int) -> None:
        """Count bytes of a head of which there is more to come."""
        self._head_bytes += length
        terms = self._terms
        if self._head_bytes <= terms.head_bytes + terms.line_bytes:
            return
        in_line = self._has_begun and len(self.url) > terms.line_bytes
        raise self._line_too_long() if in_line else self._head_too_large()

    def _line_too_long(self) -> RefusedError:
        return RefusedError(
            HTTPStatus.REQUEST_URI_TOO_LONG,
            "PAYLOAD_TOO_LARGE",
            f"The address may have at most {self._terms.line_bytes:,} bytes.",
        )

    def _head_too_large(self) -> RefusedError:
        return RefusedError(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
            "PAYLOAD_TOO_LARGE",
            f"A request may have at most {self._terms.headers:,} headers, and"
            f" {self._terms.head_bytes:,} bytes of them.",
        )

    def _what_comes_next(self) -> _Stage:
        if self._stage is _Stage.NOTHING and not self._is_answering():
            # Line breaks between requests, which nobody counts.
            return _Stage.HEAD
        return self._stage

    def _is_answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _await(self, stage: _Stage) -> None:
        """Let a stage end in time, counted from when it began."""
        if stage is self._awaited:
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._awaited = stage
        if stage is not _Stage.NOTHING:
            self._wait()

    def _wait(self) -> None:
        is_head = self._awaited is _Stage.HEAD
        seconds = self._terms.head if is_head else self._terms.body
        self._timer = self.loop.call_later(seconds, self._run_out)

    def _run_out(self) -> None:
        if self.flow.read_paused:
            # It is we who do not read.
            self._wait()
        elif self._has_begun:
            self._refuse(TOO_SLOW)
        else:
            self.transport.close()

    def _refuse(self, answer: bytes) -> None:
        """Answer the request that is being read, if that is possible, and hang up."""
        self._await(_Stage.NOTHING)
        if self.transport.is_closing():
            return
        cycle = self.cycle
        if self._is_answering() and (
            cycle.response_started or self._stage is not _Stage.BODY or self.pipeline
        ):
            # It would be taken for a part of the answer to another request.
            if self._stage is _Stage.BODY or cycle.response_started:
                self.transport.close()
                self._slow_reader.watch()
            else:
                # What was asked before it still has its answer.
                self._is_deaf = True
                cycle.keep_alive = False
            return
        if self._stage is _Stage.BODY and not self._is_answering():
            self.transport.close()
            return
        if self._is_answering():
            cycle.disconnected = True
            cycle.message_event.set()
        self.transport.write(answer)
        linger(self._connection, self, seconds=self._terms.linger)


@lru_cache(maxsize=_MAX_REMEMBERED)
def _parts(url: bytes) -> tuple[str, bytes, bytes]:
    """Return the path of an address, decoded and as it came, and its query string.

    Raises:
        httptools.HttpParserInvalidURLError: It has none.
    """
    parsed = httptools.parse_url(url)
    path = parsed.path.decode("ascii")
    return unquote(path) if "%" in path else path, parsed.path, parsed.query or b""
