"""compose.yaml names real settings, and fits what the processes do."""

import re
from typing import Any

import pytest
import yaml

from jobwire.models.database_url import parse
from tests.deploy.configuration import (
    PORT,
    SERVE_ENDS,
    SETTINGS,
    WORKER_ENDS,
    seconds,
)
from tests.deploy.dockerfile import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {
    name: service for name, service in SERVICES.items() if service["image"] == "jobwire"
}
#: `${NAME:?message}`, or `${NAME:-default}`.
VARIABLE = re.compile(r"\$\{(\w+)(:[?-])?([^}]*)\}")


def test_there_are_two_apis_two_workers_one_migration_a_database_and_a_proxy() -> None:
    commands = [
        service["command"][0]
        for service in OURS.values()
        for _ in range(service.get("scale", 1))
    ]

    assert sorted(commands) == ["migrate", "serve", "serve", "worker", "worker"]
    assert set(SERVICES) - set(OURS) == {"postgres", "proxy"}


@pytest.mark.parametrize("name", OURS)
def test_each_process_is_told_real_settings_and_may_write_nothing(name: str) -> None:
    service = OURS[name]

    assert set(service["environment"]) <= SETTINGS
    url = VARIABLE.sub("secret", service["environment"]["DATABASE_URL"])
    owner = "jobwire_owner" if name == "migrate" else "jobwire"
    assert (parse(url).user, parse(url).database) == (owner, "jobwire")
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]


def test_no_secret_has_a_default() -> None:
    used = VARIABLE.findall((ROOT / "compose.yaml").read_text())

    assert {name for name, kind, _ in used if kind != ":?"} == {
        "HTTPS_PORT",
        "HTTP_PORT",
        "TLS_CERTIFICATE",
    }
    assert {name for name, kind, _ in used if kind == ":?"} == {
        "DATABASE_OWNER_PASSWORD",
        "DATABASE_PASSWORD",
        "JOBWIRE_AUTH_SECRET",
        "POSTGRES_PASSWORD",
    }


def test_each_process_has_the_time_that_it_takes_to_end() -> None:
    for service in OURS.values():
        if service["command"] == ["serve"]:
            delay = float(service["environment"]["JOBWIRE_SHUTDOWN_DELAY_SECONDS"])
            assert seconds(service["stop_grace_period"]) > delay + SERVE_ENDS
        if service["command"] == ["worker"]:
            assert seconds(service["stop_grace_period"]) > WORKER_ENDS


def test_nothing_starts_before_the_migration_and_the_proxy_after_the_apis() -> None:
    after = {
        name: {
            other: terms["condition"] for other, terms in service["depends_on"].items()
        }
        for name, service in SERVICES.items()
        if "depends_on" in service
    }

    migrated = {"migrate": "service_completed_successfully"}
    assert after == {
        "migrate": {"postgres": "service_healthy"},
        "api-1": migrated,
        "api-2": migrated,
        "worker": migrated,
        "proxy": {"api-1": "service_healthy", "api-2": "service_healthy"},
    }


def test_the_proxy_knows_both_apis_by_their_names() -> None:
    environment = SERVICES["proxy"]["environment"]
    told = [environment["API_1"], environment["API_2"]]

    assert told == [
        f"{name}:{PORT}"
        for name, service in OURS.items()
        if service["command"] == ["serve"]
    ]


def test_what_is_mounted_is_there() -> None:
    mounts = [
        mount.split(":")[0]
        for service in SERVICES.values()
        for mount in service.get("volumes", [])
    ]

    for source in mounts:
        if source.startswith("./"):
            assert (ROOT / source).exists(), source
        else:
            assert source in COMPOSE["volumes"]
