"""The units of systemd: read by systemd itself, and held to what processes need."""

import configparser
import shutil
import sys
from pathlib import Path

import pytest

from tests.deploy.configuration import (
    DEPLOY,
    SERVE_ENDS,
    SETTINGS,
    WORKER_ENDS,
    run,
)

UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
#: Of 10, at most; systemd calls what is below 5 "OK".
EXPOSURE = 2.5


def service(unit: Path) -> configparser.SectionProxy:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(unit.read_text())
    return parser["Service"]


def told(values: configparser.SectionProxy) -> dict[str, str]:
    """Return the settings that a unit names itself."""
    return dict(one.split("=", 1) for one in values["Environment"].split())


@pytest.fixture
def installed(tmp_path: Path) -> list[Path]:
    """The units of a machine where Jobwire lies at another place, one of each."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("NO SYSTEMD HERE: ITS UNITS ARE ONLY PARSED")
    program = tmp_path / "bin" / "jobwire"
    program.parent.mkdir()
    program.symlink_to(sys.executable)
    made = []
    for unit in UNITS:
        copy = tmp_path / unit.name.replace("@", "@8001")
        copy.write_text(unit.read_text().replace("/opt/jobwire", str(tmp_path)))
        made.append(copy)
    return made


def test_systemd_understands_every_unit(installed: list[Path]) -> None:
    assert run("systemd-analyze", "verify", "--man=no", *installed) == ""


def test_systemd_finds_every_unit_hardened(installed: list[Path]) -> None:
    threshold = f"--threshold={EXPOSURE * 10:.0f}"

    run("systemd-analyze", "security", "--offline=yes", threshold, *installed)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_set_real_settings_and_start_our_commands(unit: Path) -> None:
    values = service(unit)
    command = unit.name.removeprefix("jobwire-").partition(".")[0].rstrip("@")

    assert set(told(values)) <= SETTINGS
    assert values["ExecStart"].split()[:2] == ["/opt/jobwire/bin/jobwire", command]


def test_each_process_has_the_time_that_it_takes_to_end() -> None:
    ends = {unit.name: service(unit).get("TimeoutStopSec") for unit in UNITS}
    serve = service(DEPLOY / "systemd" / "jobwire-serve@.service")
    delay = float(told(serve)["JOBWIRE_SHUTDOWN_DELAY_SECONDS"])

    assert float(ends["jobwire-serve@.service"] or 0) > delay + SERVE_ENDS
    assert float(ends["jobwire-worker@.service"] or 0) > WORKER_ENDS
