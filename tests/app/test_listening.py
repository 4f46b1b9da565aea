"""Listening: what the sockets are like that we serve on."""

import asyncio
import socket

import pytest

from jobwire.app.listening import listen


async def test_answers_leave_at_once_and_await_no_acknowledgement() -> None:
    accepted: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        theirs: socket.socket = writer.get_extra_info("socket")
        delay_off = theirs.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        accepted.set_result(delay_off)
        writer.close()

    async with await asyncio.start_server(serve, sock=listen("127.0.0.1", 0)) as server:
        port = server.sockets[0].getsockname()[1]
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        async with asyncio.timeout(5):
            delay_off = await accepted
        writer.close()

    assert delay_off


@pytest.mark.skipif(
    not hasattr(socket, "TCP_USER_TIMEOUT"), reason="ONLY LINUX FORGETS SILENT CLIENTS"
)
def test_the_kernel_forgets_a_client_that_takes_nothing() -> None:
    with (
        listen("127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname()),
    ):
        accepted, _ = listener.accept()
        with accepted:
            limit = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)

    assert limit == 60_000
