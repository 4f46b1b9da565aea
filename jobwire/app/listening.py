"""Listening: a port of our own, or who has it."""

import errno
import os
import socket
from ipaddress import ip_address
from pathlib import Path

DEFAULT_PORT = 8000
#: How many ports above the default are tried.
ATTEMPTS = 100

_BACKLOG = 2048
#: How long a client may take nothing of what it was sent, in milliseconds; then the
#: kernel forgets it. Without a limit one that is alive and never reads stays for ever.
_UNREAD_MS = 60_000
_COMMAND_LENGTH = 80


class PortTakenError(Exception):
    """The port that was asked for belongs to somebody else."""

    def __init__(self, host: str, port: int, holder: str | None) -> None:
        by = f" by {holder}" if holder else ""
        super().__init__(
            f"Port {port} on {host} is taken{by}. Stop that, or choose another port"
            " with --port."
        )


class AddressError(Exception):
    """An address that this machine cannot listen on."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(f"Cannot listen on {host}:{port}: {reason}.")


def listen(
    host: str, port: int | None, *, default: int = DEFAULT_PORT, or_next: bool = False
) -> socket.socket:
    """Open a listening socket.

    Args:
        host: The address.
        port: The port; None: the default one.
        default: The port when none was asked for.
        or_next: Whether, when no port was asked for, the next free one will do.

    Raises:
        PortTakenError: Somebody else has it.
        AddressError: The address is not usable.
    """
    first = default if port is None else port
    last = first + ATTEMPTS if or_next and port is None else first + 1
    for candidate in range(first, last):
        try:
            return _bind(host, candidate)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                reason = error.strerror or str(error)
                raise AddressError(host, candidate, reason) from None
    raise PortTakenError(host, first, holder_of(first))


def address_of(listener: socket.socket) -> str:
    """Return host and port of a listening socket, as they stand in a URL."""
    host, port = listener.getsockname()[:2]
    if ip_address(host).is_unspecified:
        host = "127.0.0.1"
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def is_loopback(listener: socket.socket) -> bool:
    """Whether only this machine can reach a listening socket."""
    return ip_address(listener.getsockname()[0]).is_loopback


def _bind(host: str, port: int) -> socket.socket:
    # A name that nobody knows is an OSError too.
    family, *_, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    # asyncio switches Nagle's delay off only for sockets that name their protocol; with
    # it, every answer would wait some 40 ms for the client's acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # The sockets that it accepts have it from it. Linux alone knows the option.
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNREAD_MS)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def holder_of(port: int) -> str | None:
    """Name the process that listens on a port, as far as Linux tells us."""
    inodes = {
        fields[9]
        for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
        if table.exists()
        for fields in map(str.split, table.read_text().splitlines()[1:])
        if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port
    }
    if not inodes:
        return None
    wanted = {f"socket:[{inode}]" for inode in inodes}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            held = {os.readlink(link) for link in (process / "fd").iterdir()}  # noqa: PTH115 - the text of the link, not a path
            if held & wanted:
                command = (process / "cmdline").read_text().replace("\0", " ").strip()
                return f"process {process.name} ({command[:_COMMAND_LENGTH]})"
        except OSError:
            continue
    return None
