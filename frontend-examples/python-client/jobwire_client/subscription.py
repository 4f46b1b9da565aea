"""One subscription over one websocket, by the protocol graphql-transport-ws."""

import json
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from websockets import Subprotocol
from websockets.asyncio.client import connect
from websockets.client import process_exception
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.frames import Close

from jobwire_client.errors import JobwireError, UnavailableError, data_of

PROTOCOL = Subprotocol("graphql-transport-ws")
#: Bytes of one message; a result alone may have a mebibyte.
LARGEST_MESSAGE = 4 << 20
#: Codes with which the server closes a socket that tries in vain.
FORBIDDEN = 4403
MISTAKES = (1009, 4400, 4401, 4406, 4409, 4429)


async def subscribe(
    url: str, token: str | None, query: str, variables: Mapping[str, object]
) -> AsyncGenerator[dict[str, Any]]:
    """Yield the data of each message, until the server completes the subscription.

    Raises:
        UnavailableError: The connection was lost, or there was none.
        JobwireError: It was refused.
    """
    is_known = False
    try:
        async with connect(
            url, subprotocols=[PROTOCOL], max_size=LARGEST_MESSAGE
        ) as socket:
            await socket.send(_written("connection_init", {"token": token}))
            while True:
                message = json.loads(await socket.recv())
                match message["type"]:
                    case "connection_ack":
                        is_known = True
                        operation = {"query": query, "variables": variables}
                        await socket.send(_written("subscribe", operation, id="1"))
                    case "ping":
                        await socket.send(_written("pong", {}))
                    case "next":
                        yield data_of(message["payload"])
                    case "error":
                        raise JobwireError.of(message["payload"][0])
                    case "complete":
                        return
    except ConnectionClosed as error:
        raise _end(error.rcvd, is_known=is_known) from error
    except (OSError, InvalidHandshake) as error:
        if process_exception(error) is None:
            raise UnavailableError(f"{url} does not answer.") from error
        raise JobwireError(f"{url} is no Jobwire: {error}", "NOT_JOBWIRE") from error


def _written(type: str, payload: Mapping[str, object], **more: str) -> str:
    return json.dumps({"type": type, "payload": payload, **more})


def _end(close: Close | None, *, is_known: bool) -> JobwireError:
    """Tell a refusal from a loss."""
    # A token that ends later is asked for anew, and refused when it is no better.
    if close is not None and close.code == FORBIDDEN and not is_known:
        return JobwireError(close.reason, "UNAUTHENTICATED")
    if close is not None and close.code in MISTAKES:
        return JobwireError(close.reason, "BAD_REQUEST")
    return UnavailableError("The connection was lost.")
