"""Why a database cannot be reached, and what to do: a table by the error."""

import re
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from jobwire.app.doctor.finding import Finding, failed
from jobwire.models.database_url import DatabaseUrl


@dataclass(frozen=True, slots=True)
class _Reason:
    """What an error means.

    Attributes:
        kind: Its class.
        words: What its text holds.
        found: What happened, with places for what is named.
        advice: What to do, likewise.
    """

    kind: type[BaseException]
    words: str
    found: str
    advice: str


#: The first that fits counts.
_REASONS: Sequence[_Reason] = (
    _Reason(
        asyncpg.InvalidPasswordError,
        "",
        "the password of {user} is wrong",
        "Put the right one into DATABASE_URL; percent-encode what is no letter or"
        " digit.",
    ),
    _Reason(
        asyncpg.InvalidAuthorizationSpecificationError,
        "no pg_hba.conf entry",
        "the server admits nobody like us: {error}",
        "Allow {user} from this address in pg_hba.conf; where it says `no encryption`,"
        " add ?sslmode=require to DATABASE_URL.",
    ),
    _Reason(
        asyncpg.InvalidAuthorizationSpecificationError,
        "",
        "the server does not let {user} in: {error}",
        "Create the role, or name another one in DATABASE_URL.",
    ),
    _Reason(
        asyncpg.InvalidCatalogNameError,
        "",
        "the server has no database {database}",
        "Create it (createdb {database}), or name another one in DATABASE_URL.",
    ),
    _Reason(
        asyncpg.TooManyConnectionsError,
        "",
        "all connections of the server are taken: {error}",
        "Raise max_connections, lower JOBWIRE_POOL_SIZE, or put PgBouncer before it.",
    ),
    _Reason(
        asyncpg.CannotConnectNowError,
        "",
        "the server starts, ends or recovers: {error}",
        "Wait, and look at its log.",
    ),
    _Reason(
        asyncpg.PostgresError,
        "unsupported startup parameter",
        "a pooler stands before the database, and takes no settings of a session",
        "If it works in transaction mode, add ?pgbouncer=true to DATABASE_URL.",
    ),
    _Reason(
        ConnectionError,
        "rejected SSL upgrade",
        "the server speaks no TLS, and DATABASE_URL demands it",
        "Switch on `ssl` there, or take sslmode out of DATABASE_URL.",
    ),
    _Reason(
        ssl.SSLError,
        "",
        "TLS fails: {error}",
        "Trust the server's certificate (SSL_CERT_FILE), or use the host name that it"
        " is for; sslmode=require checks none.",
    ),
    _Reason(
        ConnectionRefusedError,
        "",
        "nobody listens there: the connection is refused",
        "Start PostgreSQL, or correct the host and the port in DATABASE_URL.",
    ),
    _Reason(
        socket.gaierror,
        "",
        "the name {host} is not known: {error}",
        "Correct the host in DATABASE_URL, or mend DNS.",
    ),
    _Reason(
        TimeoutError,
        "",
        "no answer: packets to it are lost, or the server is overloaded",
        "Look for a firewall between the two, and at the server's load.",
    ),
    _Reason(
        OSError,
        "",
        "it cannot be reached: {error}",
        "Look at the network, and at the socket's folder if it is one.",
    ),
)


def why_not(error: BaseException, url: DatabaseUrl) -> Finding:
    """Tell why connecting failed."""
    text = str(error) or type(error).__name__
    named = {
        "user": url.user or "this user",
        "database": url.database,
        "host": url.host,
        # Of several addresses each has its own errno before its words.
        "error": re.sub(r"^\[[^]]*\] ", "", text),
    }
    for reason in _REASONS:
        if isinstance(error, reason.kind) and reason.words in text:
            return failed(
                f"{url.display}: {reason.found.format(**named)}",
                reason.advice.format(**named),
            )
    return failed(f"{url.display}: {text}", "See what the error says.")
