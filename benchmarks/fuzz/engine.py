"""The engine: atheris, got with pip where it has a wheel for this Python."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.fuzz.outcome import Outcome

ROOT = Path(__file__).parents[2]
CORPUS = Path(__file__).parent / "corpus"
#: What runs have found so far, for the next ones; git knows nothing of it.
WORK = ROOT / ".tools" / "fuzz"
_VERSION = ".".join(map(str, sys.version_info[:2]))
_ATHERIS = ROOT / ".tools" / f"atheris-{_VERSION}"
_WANTED = "atheris>=3,<4"
_INSTALL_SECONDS = 120

_RUNS = re.compile(r"^stat::number_of_executed_units: +(\d+)", re.MULTILINE)
_FAULT = re.compile(r"=== Uncaught Python exception: ===\n(.*?)\n==\d+==", re.DOTALL)
_INPUT = re.compile(r"Test unit written to (\S+)")
#: How much of a log is told, in characters from its end.
_TOLD = 2_000


class EngineError(Exception):
    """The engine itself failed; the message is what it said last."""


def find_atheris() -> Path | None:
    """Return the folder that atheris is in, got if need be; None: there is none."""
    if not (_ATHERIS / "atheris").is_dir():
        print(f"Getting {_WANTED} with pip", flush=True)
        ended = subprocess.run(
            [
                *(sys.executable, "-m", "pip", "install", "--quiet", "--no-input"),
                *("--disable-pip-version-check", "--only-binary", ":all:"),
                *("--target", _ATHERIS, _WANTED),
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=_INSTALL_SECONDS,
        )
        if ended.returncode != 0:
            print(ended.stderr.strip())
            return None
    return _ATHERIS


def fuzz_guided(
    atheris: Path, targets: Sequence[str], seconds: float
) -> Iterator[Outcome]:
    """Fuzz targets one after the other, each for so many seconds.

    Raises:
        EngineError: Not all of them were fuzzed.
    """
    WORK.mkdir(parents=True, exist_ok=True)
    paths = [str(atheris), *filter(None, [os.environ.get("PYTHONPATH")])]
    said = WORK / "engine.log"
    with (
        said.open("w") as log,
        subprocess.Popen(
            [
                *(sys.executable, "-m", "benchmarks.fuzz.guided"),
                *(str(max(round(seconds), 1)), str(WORK), *targets),
            ],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None  # noqa: S101 - asked for above
        for line in process.stdout:
            name, status = line.split()
            yield _outcome(name, int(status))
    if process.returncode != 0:
        raise EngineError(said.read_text()[-_TOLD:])


def _outcome(target: str, status: int) -> Outcome:
    log = (WORK / f"{target}.log").read_text(errors="replace")
    found = _RUNS.search(log)
    runs = int(found[1]) if found else None
    if status == 0:
        return Outcome(target, runs)
    fault = _FAULT.search(log)
    input = _INPUT.search(log)
    return Outcome(
        target,
        runs,
        fault[1] if fault else log[-_TOLD:],
        Path(input[1]) if input else None,
    )
