import asyncio
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from jobwire.app.postgres import Cluster, PostgresStartError, acquire, launch
from jobwire.app.postgres.binaries import find_binaries
from tests.app.postgres.conftest import FAST, Holder, query, wait_until_ended


async def _commit_a_row(url: str) -> None:
    await query(url, "DROP TABLE IF EXISTS kept")
    await query(url, "SELECT 1 INTO kept")


async def _assert_row_kept(root: Path) -> None:
    with acquire(root, settings=FAST) as cluster:
        assert await query(cluster.url, "SELECT count(*) FROM kept") == 1


async def test_killed_holder_ends_the_server_and_keeps_rows(
    root: Path, hold: Callable[..., Holder]
) -> None:
    holder = hold()
    await _commit_a_row(holder.cluster()["url"])

    holder.kill()

    wait_until_ended(root)
    await _assert_row_kept(root)


async def test_killed_holder_leaves_the_server_to_the_other(
    hold: Callable[..., Holder],
) -> None:
    first, second = hold(), hold()
    url = first.cluster()["url"]
    second.cluster()

    first.kill()

    assert await query(url, "SELECT 1") == 1


def test_holder_killed_while_it_starts_the_server_blocks_nobody(
    root: Path, hold: Callable[..., Holder]
) -> None:
    holder = hold()
    assert holder.next_message()["step"].startswith("starting")

    holder.kill()

    with acquire(root, settings=FAST):
        pass


@pytest.mark.parametrize("victim", ["keeper_pid", "server_pid"])
async def test_killed_process_of_a_busy_server_takes_all_others_along(
    root: Path, victim: str
) -> None:
    cluster = acquire(root)
    await _commit_a_row(cluster.url)
    connection = await asyncpg.connect(cluster.url)
    # Neither waits for anything, so it would not notice a dead postmaster.
    busy = asyncio.create_task(
        connection.fetchval("SELECT count(*) FROM generate_series(1, 1e12::bigint)")
    )
    await _wait_until_active(cluster)

    os.kill(getattr(cluster, victim), signal.SIGKILL)

    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
        await busy
    wait_until_ended(root)
    await _assert_row_kept(root)
    cluster.release()


async def _wait_until_active(cluster: Cluster) -> None:
    seen = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%1e12%'"
    while await query(cluster.url, seen) < 2:  # itself and the busy one
        pass


async def test_everything_killed_at_once_keeps_rows(
    root: Path, hold: Callable[..., Holder]
) -> None:
    holder = hold()
    cluster = holder.cluster()
    await _commit_a_row(cluster["url"])

    os.kill(cluster["keeper_pid"], signal.SIGKILL)
    os.kill(cluster["server_pid"], signal.SIGKILL)
    holder.kill()

    await _assert_row_kept(root)


async def test_holder_of_a_dead_server_joins_its_successor(root: Path) -> None:
    first = acquire(root, settings=FAST)
    os.kill(first.server_pid, signal.SIGKILL)

    with acquire(root, settings=FAST) as second:
        assert second.url == first.url
        first.release()

        assert await query(second.url, "SELECT 1") == 1


def test_stale_pid_of_a_living_stranger_is_no_obstacle(root: Path) -> None:
    (root / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{root / 'data'}\n")

    with acquire(root, settings=FAST):
        pass


def _start_without_keeper(root: Path, *inherited: int) -> subprocess.Popen[bytes]:
    """Start a server on the data as a child of this process; wait until it is ready."""
    program = find_binaries().bin_dir / "postgres"
    server = subprocess.Popen(
        [
            *(sys.executable, launch.__file__, str(os.getpid()), root),
            *(program, "-D", root / "data", "-c", "listen_addresses="),
            *("-c", f"unix_socket_directories={root / 'run'}"),
        ],
        stderr=subprocess.PIPE,
        pass_fds=inherited,
    )
    assert server.stderr is not None
    assert any(b"ready to accept connections" in line for line in server.stderr)
    return server


def test_server_that_survived_its_keeper_is_ended_by_the_next(root: Path) -> None:
    lock = os.open(root / "server.lock", os.O_RDWR)
    fcntl.flock(lock, fcntl.LOCK_EX)
    with _start_without_keeper(root, lock) as orphan:
        os.close(lock)

        with acquire(root, settings=FAST) as cluster:
            assert cluster.server_pid != orphan.pid
            assert orphan.wait() == 0


def test_server_that_somebody_else_started_is_named_and_left_alone(root: Path) -> None:
    with _start_without_keeper(root) as stranger:
        with pytest.raises(PostgresStartError, match=f"process {stranger.pid}"):
            acquire(root, settings=FAST)

        assert stranger.poll() is None
        stranger.send_signal(signal.SIGINT)
