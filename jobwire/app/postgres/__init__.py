"""An embedded PostgreSQL: one directory, one server, any number of processes.

`acquire` gives a ready server and holds a shared lease on it. The lease is an
`flock`, so the kernel returns it however the process ends; the keeper, a small
process of its own, stops the server when the last lease is gone.
"""

from jobwire.app.postgres.cluster import Cluster, acquire
from jobwire.app.postgres.errors import (
    ClusterVersionError,
    PostgresError,
    PostgresNotFoundError,
    PostgresStartError,
    UnsupportedPlatformError,
)

__all__ = [
    "Cluster",
    "ClusterVersionError",
    "PostgresError",
    "PostgresNotFoundError",
    "PostgresStartError",
    "UnsupportedPlatformError",
    "acquire",
]
