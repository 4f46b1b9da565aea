"""A database for one measurement: fresh, durable, gone afterwards."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jobwire.app.postgres import acquire


@contextmanager
def fresh_database() -> Iterator[str]:
    """Yield the URL of an empty database that writes as safely as a real one."""
    with (
        tempfile.TemporaryDirectory(prefix="jobwire-bench-") as folder,
        acquire(Path(folder) / "postgres") as cluster,
    ):
        yield cluster.url
