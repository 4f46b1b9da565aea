"""Differential: documents at random, by their plans and by the executor.

`./dev bench differential [--documents N] [--seed N]`

The tests compare the same few thousand each time; this compares others, as many as
wished. What is answered otherwise is printed with its document and its variables, made
as short as possible, and ends the run with exit status 1.
"""

import argparse
import os
import secrets
import subprocess
import sys
from collections.abc import Sequence

from benchmarks.processes import ROOT

#: Read by the test: how many documents of each root field.
DOCUMENTS = "JOBWIRE_TEST_DOCUMENTS"
_TEST = "tests/gql/plans/test_differential.py"
_MAX_SEED = 2**32


def main(arguments: Sequence[str] = ()) -> None:
    """Compare, and end the process with the status of the tests."""
    parser = argparse.ArgumentParser(prog="./dev bench differential")
    parser.add_argument(
        "--documents",
        type=int,
        default=200,
        help="of each root field; five times as many of those that lead to others",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=secrets.randbelow(_MAX_SEED),
        help="what is made of the same one is the same",
    )
    options = parser.parse_args(arguments)
    print(f"seed {options.seed}", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "-n", str(os.cpu_count() or 1)]
    limits = ["--timeout=0", "-o", "faulthandler_timeout=0"]
    status = subprocess.call(
        [*command, *limits, f"--hypothesis-seed={options.seed}", _TEST],
        cwd=ROOT,
        env={**os.environ, DOCUMENTS: str(options.documents)},
    )
    if status:
        sys.exit(status)
