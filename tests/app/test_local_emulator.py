import os
import subprocess
import sys
from pathlib import Path

import pytest

from jobwire.app.local_emulator import (
    FOLDER_NAME,
    Address,
    announced,
    local_access,
    read_address,
)
from jobwire.app.settings import Settings

URL = "http://127.0.0.1:8030"

pytestmark = pytest.mark.usefixtures("bare_environment")


def test_the_address_of_an_emulator_is_found_while_it_is_announced(
    tmp_path: Path,
) -> None:
    with announced(tmp_path, URL):
        assert read_address(tmp_path) == Address(URL, os.getpid())

    assert list(tmp_path.iterdir()) == []


def test_the_address_that_another_emulator_has_put_in_its_place_stays(
    tmp_path: Path,
) -> None:
    other = Address("http://127.0.0.1:8031", os.getppid())

    with announced(tmp_path, URL):
        (tmp_path / "address.json").write_text(
            f'{{"url": "{other.url}", "pid": {other.pid}}}'
        )

    assert read_address(tmp_path) == other


def test_the_address_of_a_process_that_is_gone_is_not_believed(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    told = f'{{"url": "{URL}", "pid": {gone.pid}}}'
    (tmp_path / "address.json").write_text(told)

    assert read_address(tmp_path) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "null",
        '{"url": "x", "pid": "y"}',
        '{"url": "x", "pid": 0}',
        '{"url": "x", "pid": -1}',
    ],
)
def test_what_is_no_address_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "address.json").write_text(text)

    assert read_address(tmp_path) is None


def test_the_emulator_of_the_data_folder_is_worked_with(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER_NAME
    folder.mkdir()
    settings = Settings(data_dir=tmp_path)
    assert local_access(settings) is None

    with announced(folder, URL):
        access = local_access(settings)

    assert access is not None
    assert access.secret_key.get_secret_value() == "tr_dev_emulator"
    assert (access.api_url, access.origin) == (URL, "emulator")
