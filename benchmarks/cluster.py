"""A database for one measurement: fresh, durable, gone afterwards."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from jobwire.app.postgres import acquire


@contextmanager
def fresh_database(settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """Yield the URL of an empty database that writes as safely as a real one.

    Args:
        settings: What its server is told otherwise, as in postgresql.conf.
    """
    with (
        tempfile.TemporaryDirectory(prefix="jobwire-bench-") as folder,
        acquire(Path(folder) / "postgres", settings=settings or {}) as cluster,
    ):
        yield cluster.url
