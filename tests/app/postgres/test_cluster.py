import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from jobwire.app.postgres import acquire
from tests.app.postgres.conftest import (
    FAST,
    Holder,
    query,
    server_processes,
    wait_until_ended,
)


async def test_acquire_makes_an_empty_utf8_database_named_jobwire(
    tmp_path: Path,
) -> None:
    steps: list[str] = []

    with acquire(tmp_path / "new", settings=FAST, progress=steps.append) as cluster:
        found = await query(
            cluster.url,
            "SELECT concat_ws(' ', current_database(), current_user,"
            " current_setting('server_encoding'), current_setting('timezone'),"
            " upper('é'), 'Z' < 'a', (SELECT count(*) FROM pg_stat_user_tables))",
        )

    assert found == "jobwire jobwire UTF8 UTC É t 0"
    assert steps == [
        f"creating a PostgreSQL {cluster.version} database",
        f"starting PostgreSQL {cluster.version}",
    ]


async def test_acquire_again_keeps_rows_and_url(root: Path) -> None:
    with acquire(root, settings=FAST) as before:
        await query(before.url, "DROP TABLE IF EXISTS kept")
        await query(before.url, "SELECT 1 INTO kept")

    with acquire(root, settings=FAST) as after:
        assert await query(after.url, "SELECT count(*) FROM kept") == 1

    assert after.url == before.url


async def test_acquire_takes_another_port_when_the_last_is_taken(root: Path) -> None:
    with acquire(root, settings=FAST) as before:
        pass
    port = urlsplit(before.url).port
    assert port

    with (
        socket.create_server(("127.0.0.1", port)),
        acquire(root, settings=FAST) as after,
    ):
        assert await query(after.url, "SELECT 1") == 1

    assert after.url != before.url


async def test_settings_reach_the_server_that_they_start(root: Path) -> None:
    with (
        acquire(root, settings={**FAST, "max_connections": "17"}) as first,
        acquire(root, settings={"max_connections": "18"}) as second,
    ):
        assert second.server_pid == first.server_pid
        assert await query(first.url, "SHOW max_connections") == "17"


async def test_server_listens_on_loopback_alone(root: Path) -> None:
    with acquire(root, settings={**FAST, "listen_addresses": "*"}) as cluster:
        assert await query(cluster.url, "SHOW listen_addresses") == "127.0.0.1"


@pytest.fixture
def deep_root(copied_root: Path) -> Path:
    return copied_root.rename(copied_root.with_name("a" * 100))


async def test_path_too_long_for_a_socket_leaves_tcp(deep_root: Path) -> None:
    with acquire(deep_root, settings=FAST) as cluster:
        assert await query(cluster.url, "SHOW unix_socket_directories") == ""


def test_state_directory_is_closed_to_others(finished_cluster: Path) -> None:
    modes = {
        name: (finished_cluster / name).stat().st_mode & 0o777
        for name in (".", "data", "run", "password")
    }

    assert modes == {".": 0o700, "data": 0o700, "run": 0o700, "password": 0o600}


def test_representation_hides_the_password(root: Path) -> None:
    with acquire(root, settings=FAST) as cluster:
        assert (root / "password").read_text() not in repr(cluster)


def test_release_by_the_last_holder_ends_the_server(root: Path) -> None:
    cluster = acquire(root, settings=FAST)
    assert cluster.server_pid in server_processes(root) or not Path("/proc").exists()

    cluster.release()

    assert server_processes(root) == []
    assert not (root / "server.json").exists()


async def test_release_by_one_of_two_holders_keeps_the_server(root: Path) -> None:
    first = acquire(root, settings=FAST)
    with acquire(root) as second:
        first.release()
        first.release()

        assert await query(second.url, "SELECT 1") == 1


def test_processes_that_start_at_once_share_one_server(
    hold: Callable[..., Holder], tmp_path: Path
) -> None:
    fresh = tmp_path / "fresh"
    holders = [hold(root=fresh) for _ in range(5)]

    clusters = [holder.cluster() for holder in holders]

    assert all(cluster == clusters[0] for cluster in clusters)
    assert (fresh / "log").read_text().count("will be owned by") == 1
    for holder in holders:
        holder.kill()
    wait_until_ended(fresh)


@pytest.mark.parametrize(
    "bin_dir", list(Path("/usr/lib/postgresql").glob("*/bin")), ids=str
)
async def test_cluster_of_the_systems_binaries_works(
    bin_dir: Path, tmp_path: Path
) -> None:
    with acquire(tmp_path / "new", bin_dir=bin_dir, settings=FAST) as cluster:
        version = await query(cluster.url, "SHOW server_version")

    assert version.split()[0] == cluster.version
    assert bin_dir.parent.name == cluster.version.split(".")[0]
