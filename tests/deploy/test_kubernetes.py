"""The manifests: put together by kubectl, and held to what the code does."""

import shutil
from typing import Any

import pytest
import yaml

from jobwire.web.health import health_routes
from tests.deploy.configuration import (
    DEPLOY,
    PORT,
    SERVE_ENDS,
    SETTINGS,
    WORKER_ENDS,
    documents,
    run,
)

FOLDER = DEPLOY / "kubernetes"
KUSTOMIZATION = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())
OBJECTS = [
    one for name in KUSTOMIZATION["resources"] for one in documents(FOLDER / name)
]
WORKLOADS = {
    one["metadata"]["name"]: one
    for one in OBJECTS
    if one["kind"] in {"Deployment", "Job"}
}


def pod(name: str) -> dict[str, Any]:
    spec: dict[str, Any] = WORKLOADS[name]["spec"]["template"]["spec"]
    return spec


def container(name: str) -> dict[str, Any]:
    [only] = pod(name)["containers"]
    assert isinstance(only, dict)
    return only


def told(name: str) -> dict[str, str]:
    """Return the settings that a manifest names itself."""
    values = {one["name"]: one["value"] for one in container(name).get("env", ())}
    assert set(values) <= SETTINGS
    return values


def labels(name: str) -> dict[str, str]:
    found: dict[str, str] = WORKLOADS[name]["spec"]["template"]["metadata"]["labels"]
    return found


def test_kubectl_puts_all_of_them_together() -> None:
    if shutil.which("kubectl") is None:
        pytest.skip("NO KUBECTL HERE: THE MANIFESTS ARE ONLY PARSED")

    made = list(yaml.safe_load_all(run("kubectl", "kustomize", FOLDER)))

    assert sorted(one["kind"] for one in made) == sorted(one["kind"] for one in OBJECTS)
    [image] = KUSTOMIZATION["images"]
    assert {
        container["image"]
        for one in made
        if one["kind"] in {"Deployment", "Job"}
        for container in one["spec"]["template"]["spec"]["containers"]
    } == {f"{image['newName']}:{image['newTag']}"}


@pytest.mark.parametrize("name", WORKLOADS)
def test_pods_run_our_command_as_nobody_on_a_filesystem_that_is_read_only(
    name: str,
) -> None:
    it = container(name)

    assert it["args"] == [name.removeprefix("jobwire-")]
    assert pod(name)["securityContext"]["runAsNonRoot"]
    assert it["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


@pytest.mark.parametrize("name", ["jobwire-serve", "jobwire-worker"])
def test_a_rolling_update_never_has_fewer_pods_than_asked_for(name: str) -> None:
    spec = WORKLOADS[name]["spec"]
    [budget] = [
        one["spec"]
        for one in OBJECTS
        if one["kind"] == "PodDisruptionBudget" and one["metadata"]["name"] == name
    ]

    assert spec["replicas"] == 2
    assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    assert spec["selector"]["matchLabels"] == labels(name)
    assert budget["selector"]["matchLabels"] == labels(name)


def test_probes_ask_at_paths_that_there_are() -> None:
    async def nothing() -> list[str]:
        return []

    paths = {route.path for route in health_routes(nothing, lambda: False)}

    for name, kinds in (
        ("jobwire-serve", ["startupProbe", "readinessProbe", "livenessProbe"]),
        ("jobwire-worker", ["livenessProbe"]),
    ):
        it = container(name)
        assert it["ports"] == [{"name": "http", "containerPort": PORT}]
        assert [one for one in it if one.endswith("Probe")] == kinds
        for kind in kinds:
            assert it[kind]["httpGet"]["path"] in paths
            assert it[kind]["httpGet"]["port"] == "http"
    assert told("jobwire-worker")["JOBWIRE_WORKER_PORT"] == str(PORT)


def test_the_service_finds_the_api() -> None:
    [service] = [one["spec"] for one in OBJECTS if one["kind"] == "Service"]

    assert service["selector"] == labels("jobwire-serve")
    assert [port["targetPort"] for port in service["ports"]] == ["http"]


def test_each_pod_has_the_time_that_it_takes_to_end() -> None:
    delay = float(told("jobwire-serve")["JOBWIRE_SHUTDOWN_DELAY_SECONDS"])

    serve = pod("jobwire-serve")["terminationGracePeriodSeconds"]
    assert serve > delay + SERVE_ENDS
    assert pod("jobwire-worker")["terminationGracePeriodSeconds"] > WORKER_ENDS


def test_secrets_hold_real_settings_and_no_value() -> None:
    secrets = {
        one["metadata"]["name"]: one["stringData"]
        for one in documents(FOLDER / "secrets.example.yaml")
    }
    named = {
        source["secretRef"]["name"]
        for name in WORKLOADS
        for source in container(name)["envFrom"]
    }

    assert named == set(secrets)
    for values in secrets.values():
        assert set(values) <= SETTINGS
        assert set(values.values()) == {""}


def test_the_network_policy_is_of_our_pods() -> None:
    everybody, api = [one["spec"] for one in documents(FOLDER / "network-policy.yaml")]

    for name in WORKLOADS:
        assert everybody["podSelector"]["matchLabels"].items() <= labels(name).items()
    assert api["podSelector"]["matchLabels"] == labels("jobwire-serve")
