"""Where a database is: every form of URL that people write, made one."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

_SCHEMES = ("postgresql", "postgres", "postgresql+asyncpg", "postgresql+psycopg")
_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_DEFAULT_PORT = 5432


class DatabaseUrlError(ValueError):
    """A database URL that cannot be understood."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"DATABASE_URL is not usable: {reason}. Expected"
            " postgresql://user:password@host:port/database."
        )


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """A PostgreSQL database.

    Attributes:
        host: A host name, an address, or the folder of a Unix socket.
        port: Its port.
        user: The role; None: the driver's default.
        password: Its password; hidden from repr.
        database: The database's name.
        ssl_mode: libpq's `sslmode`; None: the driver's default.
        options: Further settings of the session, e.g. `application_name`.
        is_pooled: Whether a pooler in transaction mode, such as PgBouncer, stands
            before it: then nothing outlives a transaction, no setting of a session, no
            prepared statement and no LISTEN.
    """

    host: str
    port: int
    user: str | None
    password: str | None = field(repr=False)
    database: str
    ssl_mode: str | None = None
    options: tuple[tuple[str, str], ...] = ()
    is_pooled: bool = False

    def connect_arguments(self) -> dict[str, Any]:
        """Return the keyword arguments of `asyncpg.connect`."""
        arguments: dict[str, Any] = {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password,
            "database": self.database,
        }
        if self.ssl_mode is not None:
            arguments["ssl"] = self.ssl_mode
        if self.is_pooled:
            arguments["statement_cache_size"] = 0
        return arguments

    @property
    def sqlalchemy(self) -> str:
        """The URL for SQLAlchemy's asyncpg dialect."""
        who = quote(self.user or "", safe="")
        if self.password is not None:
            who += f":{quote(self.password, safe='')}"
        query = {"host": self.host, "port": str(self.port)}
        if self.ssl_mode is not None:
            query["ssl"] = self.ssl_mode
        if self.is_pooled:
            query["prepared_statement_cache_size"] = "0"
        at = f"{who}@" if who else ""
        return f"postgresql+asyncpg://{at}/{quote(self.database)}?{urlencode(query)}"

    @property
    def display(self) -> str:
        """The database as a person may see it, without the password."""
        return f"{self.database} on {self.host}:{self.port}"

    def __str__(self) -> str:
        """Write it as a URL, with the password."""
        who = quote(self.user or "", safe="")
        if self.password is not None:
            who += f":{quote(self.password, safe='')}"
        at = f"{who}@" if who else ""
        query = {} if self.ssl_mode is None else {"sslmode": self.ssl_mode}
        if self.is_pooled:
            query["pgbouncer"] = "true"
        if self.host.startswith("/"):
            query["host"] = self.host
            place = f":{self.port}"
        else:
            host = f"[{self.host}]" if ":" in self.host else self.host
            place = f"{host}:{self.port}"
        tail = f"?{urlencode(query)}" if query else ""
        return f"postgresql://{at}{place}/{quote(self.database)}{tail}"


def parse(url: str) -> DatabaseUrl:
    """Read a database URL.

    Understands `postgres://`, `postgresql://` and SQLAlchemy's `postgresql+driver://`,
    percent-encoding, IPv6 hosts, Unix sockets by `?host=/folder`, and libpq's
    `sslmode` as well as asyncpg's `ssl`; `?pgbouncer=true` says that a pooler in
    transaction mode stands before it.

    Raises:
        DatabaseUrlError: It names no PostgreSQL database.
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in _SCHEMES:
        found = (
            f"its scheme is {parts.scheme!r}" if parts.scheme else "it has no scheme"
        )
        raise DatabaseUrlError(found)
    query = dict(parse_qsl(parts.query))
    try:
        port = parts.port or int(query.pop("port", _DEFAULT_PORT))
    except ValueError:
        raise DatabaseUrlError("its port is not a number from 1 to 65535") from None
    database = query.pop("dbname", "") or unquote(parts.path.lstrip("/"))
    if not database:
        raise DatabaseUrlError("it names no database")
    ssl_mode = query.pop("sslmode", None) or query.pop("ssl", None)
    if ssl_mode is not None:
        ssl_mode = {"true": "require", "false": "disable"}.get(ssl_mode, ssl_mode)
        if ssl_mode not in _SSL_MODES:
            raise DatabaseUrlError(
                f"sslmode is {ssl_mode!r}, not one of {', '.join(_SSL_MODES)}"
            )
    pooled = query.pop("pgbouncer", "false")
    if pooled not in ("true", "false"):
        raise DatabaseUrlError(f"pgbouncer is {pooled!r}, not true or false")
    user = query.pop("user", "") or unquote(parts.username or "")
    password = query.pop("password", "") or unquote(parts.password or "")
    return DatabaseUrl(
        host=query.pop("host", "") or unquote(parts.hostname or "localhost"),
        port=port,
        user=user or None,
        password=password or None,
        database=database,
        ssl_mode=ssl_mode,
        options=tuple(sorted(query.items())),
        is_pooled=pooled == "true",
    )
