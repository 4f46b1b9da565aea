"""What benchmarks left, as a page and as charts."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from benchmarks.load.comparison import Comparison, Figures
from benchmarks.report import BEGIN, END, read, render

PAGE = f"# Benchmarks\n\nBefore.\n\n{BEGIN}old\n{END}\nAfter.\n"


def figures(rate: float, server_cpu: float) -> Figures:
    return Figures(
        rate=rate, server_cpu=server_cpu, database_cpu=90.0, p50=5.0, p99=9.0
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rounds = [(300.0, 100.0), (400.0, 100.0), (1000.0, 200.0)]
    compared = Comparison(
        name="page",
        title="Pages <of> jobs",
        targets={"Theirs": 4.0},
        versions={"Theirs": "5.1.5"},
        machine={"processor": "P", "cores": "2", "memory": "4 GiB", "system": "Linux"},
        measured_at="2026-01-02T03:04:05+00:00",
        rounds=[
            {"Jobwire": figures(ours, 200.0), "Theirs": figures(theirs, 800.0)}
            for ours, theirs in rounds
        ],
    )
    (tmp_path / "page.json").write_text(json.dumps(compared.to_json()))
    (tmp_path / "page.md").write_text(PAGE)
    return tmp_path


def test_ratios_are_those_within_each_round(folder: Path) -> None:
    [result] = read(folder)

    assert [str(ratio) for ratio in result.ratios] == [
        "**4.00** (3.00-5.00) times Theirs, to reach ≥ 4.0; 0.25 times its CPU for each"
    ]


def test_the_results_replace_what_stood_between_the_markers(folder: Path) -> None:
    page = folder / "page.md"

    render(read(folder), page, folder)
    once = page.read_text()
    render(read(folder), page, folder)

    assert page.read_text() == once
    assert once.startswith(f"# Benchmarks\n\nBefore.\n\n{BEGIN}")
    assert once.endswith(f"{END}\nAfter.\n")
    assert "old" not in once
    assert "| Jobwire | 400 (300-1,000) | 200 (200-200) |" in once


def test_a_chart_has_a_bar_for_each_system_as_long_as_its_median(folder: Path) -> None:
    render(read(folder), folder / "page.md", folder)

    chart = ET.parse(folder / "benchmark-page.svg").getroot()  # noqa: S314
    _, ours, theirs = chart.iter("{http://www.w3.org/2000/svg}rect")

    assert float(ours.attrib["width"]) == pytest.approx(
        4 * float(theirs.attrib["width"]), rel=0.01
    )


def test_growth_is_told_by_size_and_round_by_round(
    tmp_path: Path,
) -> None:
    told = {
        "sizes": [10, 1_000],
        "target": 1.3,
        "values": {
            "page: all": {"10": [2.0, 1.0, 2.0], "1000": [2.0, 2.0, 4.0]},
            "claims": {"10": [5.0, 5.0, 5.0], "1000": [5.0, 6.0, 4.0]},
        },
    }
    (tmp_path / "growth.json").write_text(json.dumps(told))

    [result] = read(tmp_path)

    assert list(result.figures) == ["page: all", "claims"]
    assert result.figures["claims"] == {
        "1,000 jobs to 10": [1.0, 1.2, 0.8],
        "10 jobs, ms": [5.0, 5.0, 5.0],
        "1,000 jobs, ms": [5.0, 6.0, 4.0],
    }
