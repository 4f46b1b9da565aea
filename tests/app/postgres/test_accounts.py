"""PostgreSQL refuses to run as root, so root has to become somebody else."""

import os
import pwd
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.app.postgres.conftest import Holder, query, wait_until_ended

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or sys.platform != "linux",
    reason="only root on Linux can become somebody else",
)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every account may enter, and nobody but root may write to."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


async def _assert_served(holder: Holder, *, owner: str) -> None:
    cluster = holder.cluster()
    assert await query(cluster["url"], "SELECT 1") == 1
    data = (holder.root / "data").stat()
    assert pwd.getpwuid(data.st_uid).pw_name == owner
    assert data.st_mode & 0o777 == 0o700
    holder.kill()
    wait_until_ended(holder.root)


async def test_root_serves_below_a_folder_that_only_root_may_enter(
    hold: Callable[..., Holder], root: Path
) -> None:
    assert root.parent.stat().st_mode & 0o077 == 0

    await _assert_served(hold(), owner="root")


async def test_ordinary_user_serves_as_themselves(hold: Callable[..., Holder]) -> None:
    holder = hold("nobody")

    assert holder.next_message()["uid"] == pwd.getpwnam("nobody").pw_uid
    await _assert_served(holder, owner="root")  # as seen from outside its namespace


async def test_root_in_the_folder_of_a_user_serves_as_that_user(
    hold: Callable[..., Holder], open_folder: Path, finished_cluster: Path
) -> None:
    home = open_folder / "home"
    home.mkdir(mode=0o700)
    os.chown(home, pwd.getpwnam("nobody").pw_uid, -1)

    shutil.copytree(finished_cluster, home / "postgres")

    await _assert_served(hold(root=home / "postgres"), owner="nobody")


async def test_root_in_a_container_serves_as_an_account_and_takes_the_data_back(
    hold: Callable[..., Holder], open_folder: Path
) -> None:
    root = open_folder / "new"
    accounts = {account.pw_name for account in pwd.getpwall()}
    account = "postgres" if "postgres" in accounts else "nobody"

    await _assert_served(hold("container", root=root), owner=account)
    await _assert_served(hold(root=root), owner="root")


def test_folder_that_no_account_may_enter_is_refused_with_advice(
    hold: Callable[..., Holder], tmp_path: Path
) -> None:
    holder = hold("container", root=tmp_path / "new")

    holder.process.communicate()

    log = (tmp_path / "new" / "log").read_text()
    assert "Operation not permitted" in log
    assert f"none can enter {tmp_path}" in log
    assert "set DATABASE_URL" in log
