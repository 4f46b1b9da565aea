import sys
from pathlib import Path

import pytest

from jobwire.app.postgres import (
    ClusterVersionError,
    PostgresNotFoundError,
    PostgresStartError,
    UnsupportedPlatformError,
    acquire,
)
from tests.app.postgres.conftest import FAST


def test_data_of_another_major_version_are_refused_with_both_versions(
    tmp_path: Path,
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "PG_VERSION").write_text("13\n")

    with pytest.raises(ClusterVersionError) as refusal:
        acquire(tmp_path)

    assert refusal.value.found == 13
    assert "was made by PostgreSQL 13, which PostgreSQL " in str(refusal.value)
    assert f"remove {tmp_path}" in str(refusal.value)


def test_folder_without_binaries_is_named(tmp_path: Path) -> None:
    with pytest.raises(PostgresNotFoundError, match="set DATABASE_URL") as refusal:
        acquire(tmp_path / "new", bin_dir=tmp_path)

    assert refusal.value.searched == (f"{tmp_path}: none that runs",)


def test_binaries_older_than_14_are_named(tmp_path: Path) -> None:
    for name in ("postgres", "initdb"):
        _write_program(tmp_path / name, "echo 'postgres (PostgreSQL) 9.6.24'")

    with pytest.raises(PostgresNotFoundError) as refusal:
        acquire(tmp_path / "new", bin_dir=tmp_path)

    assert refusal.value.searched == (f"{tmp_path}: 9.6.24",)


def test_server_that_does_not_start_shows_the_end_of_its_log(root: Path) -> None:
    with pytest.raises(PostgresStartError) as refusal:
        acquire(root, settings={**FAST, "shared_bufers": "1MB"})

    assert refusal.value.reason == "postgres ended with exit status 1"
    assert 'unrecognized configuration parameter "shared_bufers"' in str(refusal.value)
    with acquire(root, settings=FAST):
        pass  # the failure left nothing in the way


def test_cluster_that_cannot_be_made_leaves_no_half_of_it(tmp_path: Path) -> None:
    _write_program(tmp_path / "postgres", "echo 'postgres (PostgreSQL) 18.6'")
    _write_program(tmp_path / "initdb", "echo 'no space left on device'; exit 3")

    with pytest.raises(PostgresStartError) as refusal:
        acquire(tmp_path / "new", bin_dir=tmp_path)

    assert refusal.value.reason == "initdb ended with exit status 3"
    assert refusal.value.log_tail == "no space left on device"
    assert not (tmp_path / "new" / "data").exists()


def test_lost_password_is_named(copied_root: Path) -> None:
    password = copied_root / "password"
    password.unlink()

    with pytest.raises(PostgresStartError, match=f"without {password}"):
        acquire(copied_root, settings=FAST)


def test_windows_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "win32")

    with pytest.raises(UnsupportedPlatformError, match="Linux and macOS, not on win32"):
        acquire(tmp_path)


def _write_program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
