"""The readers that `./dev bench fuzz` lets loose on any bytes."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.fuzz import command
from benchmarks.fuzz.blind import fuzz_blindly
from benchmarks.fuzz.engine import CORPUS
from benchmarks.fuzz.targets import TARGETS

SEEDS = [
    pytest.param(target, seed, id=f"{target}/{seed.name}")
    for target in TARGETS
    for seed in sorted((CORPUS / target).iterdir())
]


def refuse_an_answer_of_seven(data: bytes) -> None:
    """A target with a fault."""
    if b'"answer": 7' in data:
        raise RuntimeError


@pytest.mark.parametrize(("target", "seed"), SEEDS)
def test_what_was_found_before_is_read_or_refused(target: str, seed: Path) -> None:
    TARGETS[target](seed.read_bytes())


def test_a_fault_is_found_and_its_input_kept(tmp_path: Path) -> None:
    seeds = [json.dumps({"answer": 42, "other": 7}).encode()]

    outcome = fuzz_blindly(
        "seven", refuse_an_answer_of_seven, seeds, 20, folder=tmp_path
    )

    assert outcome.fault is not None
    assert "RuntimeError" in outcome.fault
    assert outcome.input is not None
    assert b'"answer": 7' in outcome.input.read_bytes()


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Sequence[str]:
    """Options that fuzz a target with a fault, without atheris."""
    seed = tmp_path / "accept" / "seed"
    seed.parent.mkdir()
    seed.write_text('{"answer": 42, "other": 7}')
    monkeypatch.setattr(command, "CORPUS", tmp_path)
    monkeypatch.setattr(command, "WORK", tmp_path / "work")
    monkeypatch.setattr(command, "TARGETS", {"accept": refuse_an_answer_of_seven})
    monkeypatch.setattr(command, "find_atheris", lambda: None)
    return ["--target", "accept", "--seconds", "20"]


def test_a_fault_is_told_with_what_reproduces_it(
    faulty: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="1"):
        command.main(faulty)

    told = capsys.readouterr().out
    assert "NO ATHERIS HERE" in told
    [again] = [line for line in told.splitlines() if line.startswith("Again: ")]
    _, _, options = again.partition("./dev bench fuzz ")
    with pytest.raises(RuntimeError):
        command.main(options.split())
