"""The dashboard and the alert rules ask for what there is."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import generate_latest

from jobwire.jobs.dispatch import Outcome as DispatchOutcome
from jobwire.jobs.transitions.finish import Outcome
from jobwire.jobs.webhook import Receipt
from jobwire.models.vocabulary import AttentionKind
from jobwire.web.metrics import Metrics

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "observability"
ALERTS = FOLDER / "alerts.yaml"
DASHBOARD = FOLDER / "grafana-dashboard.json"
#: Those that Prometheus gives to everything that it scrapes.
GIVEN = frozenset({"instance", "job"})
#: Words that alerts and panels choose among.
WORDS = {
    ("jobwire_jobs_attention", "kind"): set(AttentionKind),
    ("jobwire_attempts_finished_total", "outcome"): set(Outcome),
    ("jobwire_dispatches_total", "outcome"): {
        one.name.lower() for one in DispatchOutcome
    },
    ("jobwire_webhook_events_total", "receipt"): {*Receipt, "refused"},
    ("jobwire_reconciled_jobs_total", "finding"): {
        "checked",
        "listed",
        "corrected",
        "orphaned",
        "lost",
    },
    ("jobwire_graphql_answers_total", "by"): {"plan", "executor"},
    ("jobwire_path_lag_seconds", "percentile"): {"50", "99"},
    ("jobwire_http_request_seconds", "route"): {"/graphql"},
}


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(ALERTS.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(DASHBOARD.read_text())["panels"]
    return [panel for panel in found if panel["type"] != "row"]


def expressions() -> Iterator[tuple[str, str]]:
    """Every expression, with the alert or panel that it belongs to."""
    for rule in rules():
        yield rule["alert"], rule["expr"]
    for panel in panels():
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


def known() -> dict[str, set[str]]:
    """The labels of each series that is scraped."""
    found: dict[str, set[str]] = {}
    for figure in Metrics().figures:
        found[figure.name] = set(figure.labels)
        if figure.kind == "histogram":
            found[f"{figure.name}_bucket"] = {*figure.labels, "le"}
            found[f"{figure.name}_sum"] = set(figure.labels)
            found[f"{figure.name}_count"] = set(figure.labels)
    return found


@pytest.mark.parametrize(("place", "expression"), list(expressions()))
def test_every_metric_and_label_is_there(place: str, expression: str) -> None:
    series = known()
    used = re.findall(r"\b(jobwire_\w+)(?:\{([^}]*)\})?", expression)
    grouped = {
        label.strip() for labels in _groups(expression) for label in labels.split(",")
    }

    assert used or expression.startswith("up{")
    for name, matchers in used:
        assert name in series, place
        for label, text in re.findall(r'(\w+)\s*[=!]~?\s*"([^"]*)"', matchers):
            assert label in series[name] | GIVEN, place
            words = WORDS.get((name.removesuffix("_bucket"), label))
            if words is not None:
                assert set(text.split("|")) <= words, place
    assert grouped <= GIVEN.union(*(series[name] for name, _ in used)), place


def test_the_labels_that_are_shown_are_those_that_are_left() -> None:
    for panel in panels():
        for target in panel["targets"]:
            shown = set(re.findall(r"{{(\w+)}}", target["legendFormat"]))
            left = set(re.findall(r"\w+", " ".join(_groups(target["expr"]))))
            assert shown <= left, panel["title"]


def test_every_alert_says_what_it_means_and_where_to_read_on() -> None:
    page = (ROOT / "docs/operations.md").read_text()
    anchors = {_anchor(one) for one in re.findall(r"^## (.+)$", page, re.MULTILINE)}
    names = [rule["alert"] for rule in rules()]

    assert len(names) == len(set(names))
    for rule in rules():
        assert rule["labels"]["severity"] in {"info", "warning", "critical"}
        assert rule["annotations"]["summary"].endswith(".")
        runbook = rule["annotations"].get("runbook")
        if runbook is not None:
            file, anchor = runbook.split("#")
            assert file == "docs/operations.md"
            assert anchor in anchors, rule["alert"]


def test_every_metric_is_on_the_dashboard_or_left_out_on_purpose() -> None:
    text = DASHBOARD.read_text()
    missing = {one.name for one in Metrics().figures if one.name not in text}

    assert missing == {
        # Attempts that ended are shown.
        "jobwire_attempts_started_total",
        "jobwire_cron_lateness_seconds",
        "jobwire_pruned_total",
        "jobwire_realtime_runs_total",
    }


def test_promtool_finds_no_fault() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("NO PROMTOOL HERE: alerts.yaml and the names were only parsed")
    scraped = generate_latest(Metrics().registry)

    ruled = subprocess.run([promtool, "check", "rules", ALERTS], check=False)
    named = subprocess.run(
        [promtool, "check", "metrics"], input=scraped, capture_output=True, check=False
    )

    assert ruled.returncode == 0
    faults = [line for line in named.stderr.decode().splitlines() if "jobwire" in line]
    assert faults == []


def _groups(expression: str) -> list[str]:
    found: list[str] = re.findall(r"\bby \(([^)]*)\)", expression)
    return found


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
