"""PgBouncer in transaction mode, before a database of the tests."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from jobwire.models.database_url import DatabaseUrl

#: Where Debian puts it, which is not on everybody's path.
_SBIN = "/usr/sbin"
_PATIENCE = 20


@contextmanager
def pooler(url: DatabaseUrl, folder: Path) -> Iterator[DatabaseUrl]:
    """Yield the database's address behind the pooler, as it looks without a word of it.

    The test is skipped, loudly, where there is no PgBouncer.
    """
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:{_SBIN}")
    if program is None:
        pytest.skip("NO PGBOUNCER HERE: NOTHING IS TESTED THROUGH A POOLER")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    users, configuration = folder / "users.txt", folder / "pgbouncer.ini"
    users.write_text(f'"{url.user}" "{url.password}"\n')
    configuration.write_text(
        f"""[databases]
{url.database} = host={url.host} port={url.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = plain
auth_file = {users}
pool_mode = transaction
default_pool_size = 8
max_client_conn = 200
"""
    )
    process = subprocess.Popen(
        [program, str(configuration)],
        # It refuses to run as root.
        user="nobody" if os.geteuid() == 0 else None,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process)
        yield replace(url, host="127.0.0.1", port=port)
    finally:
        process.terminate()
        process.wait(timeout=_PATIENCE)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            assert process.poll() is None, "pgbouncer has ended"
            assert time.monotonic() < deadline, "pgbouncer does not listen"
            time.sleep(0.02)  # noqa: TID251 - it tells nobody that it listens
        else:
            return
