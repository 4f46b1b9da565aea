"""On which terms connections are held open."""

from dataclasses import dataclass

from jobwire.asgi.body import PATIENCE
from jobwire.gql.context import DEADLINE


@dataclass(frozen=True, slots=True)
class Terms:
    """How long connections may last, and how much one user may have here.

    Attributes:
        body: How long the body of a request may take, in seconds.
        init: How long a client may take to send `connection_init`, in seconds.
        uninitialised: How many sockets may wait for it in this process; beyond them the
            one that has waited longest is closed.
        heartbeat: How often an event stream says that it lives, in seconds; proxies
            close what has been silent for a minute, some sooner.
        ping: How long a socket may be silent before its client is pinged, in seconds.
        silence: How long before it is closed as dead, in seconds.
        stall: How long a client may take nothing of what is sent to it, in seconds.
        idle: How long a socket may have no operation, in seconds.
        max_age: How long a socket or an event stream may last, in seconds.
        connections: Sockets and event streams of one user in this process.
        streams: Subscriptions of one user in this process, over all connections.
        deadline: How long a query or a mutation may take, in seconds.
        operations: Queries and mutations of one user that are under way here, those
            that wait for a connection to the database included.
        unread: Characters of answers of one user, and of long messages of their
            subscriptions, that wait here until the user takes them.
    """

    body: float = PATIENCE
    init: float = 10.0
    uninitialised: int = 1_000
    heartbeat: float = 12.0
    ping: float = 25.0
    silence: float = 60.0
    stall: float = 30.0
    idle: float = 600.0
    max_age: float = 86_400.0
    connections: int = 10_000
    streams: int = 10_000
    deadline: float = DEADLINE
    operations: int = 2_000
    unread: int = 64 * 1024 * 1024
