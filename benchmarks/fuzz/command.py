"""`./dev bench fuzz`: how long, what, and what is said of it."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from secrets import randbits

from benchmarks.fuzz.blind import fuzz_blindly
from benchmarks.fuzz.engine import CORPUS, WORK, find_atheris, fuzz_guided
from benchmarks.fuzz.operations import NAME as OPERATIONS
from benchmarks.fuzz.operations import fuzz_operations
from benchmarks.fuzz.outcome import Outcome
from benchmarks.fuzz.targets import TARGETS

DEFAULT_SECONDS = 60
#: How many seconds of ten the API is asked for; readers share the rest.
_SHARE = 3
_NO_ATHERIS = "NO ATHERIS HERE: READERS ARE FUZZED BLINDLY, UNGUIDED BY COVERAGE"


def main(arguments: Sequence[str] = ()) -> None:
    """Fuzz, and end the process with 1 at the first fault."""
    parser = ArgumentParser("./dev bench fuzz")
    parser.add_argument("--seconds", type=float, default=DEFAULT_SECONDS)
    parser.add_argument(
        "--target", action="append", choices=[*TARGETS, OPERATIONS], metavar="NAME"
    )
    parser.add_argument("--reproduce", nargs=2, metavar=("TARGET", "FILE"))
    given = parser.parse_args(arguments)
    if given.reproduce:
        name, file = given.reproduce
        TARGETS[name](Path(file).read_bytes())
        print(f"{name} stands {file}.")
        return
    faults = 0
    for outcome in _fuzz(given.target or [*TARGETS, OPERATIONS], given.seconds):
        _tell(outcome)
        faults += outcome.fault is not None
    if faults:
        sys.exit(1)


def _fuzz(chosen: Sequence[str], seconds: float) -> Iterator[Outcome]:
    readers = [name for name in chosen if name != OPERATIONS]
    asks = OPERATIONS in chosen
    for_asking = seconds * _SHARE / 10 if readers and asks else seconds
    if readers:
        each = (seconds - for_asking * asks) / len(readers)
        atheris = find_atheris()
        if atheris is None:
            print(_NO_ATHERIS, flush=True)
            yield from (_blindly(name, each) for name in readers)
        else:
            yield from fuzz_guided(atheris, readers, each)
    if asks:
        yield fuzz_operations(for_asking, randbits(32))


def _blindly(name: str, seconds: float) -> Outcome:
    seeds = [seed.read_bytes() for seed in sorted((CORPUS / name).iterdir())]
    return fuzz_blindly(
        name, TARGETS[name], seeds, seconds, folder=WORK, seed=randbits(32)
    )


def _tell(outcome: Outcome) -> None:
    runs = "" if outcome.runs is None else f"{outcome.runs:>12,} inputs"
    print(f"  {outcome.target:<15}{runs}", flush=True)
    if outcome.fault is None:
        return
    print(f"FAULT in {outcome.target}:\n{outcome.fault}")
    if outcome.input is not None:
        print(
            f"for {outcome.input.read_bytes()!r}\n"
            f"Again: ./dev bench fuzz --reproduce {outcome.target} {outcome.input}\n"
            f"When it is mended, keep that file in {CORPUS.name}/{outcome.target}/: the"
            " tests give it to the target from then on."
        )
