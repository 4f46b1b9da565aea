"""Targets under atheris, each in a child of this process, guided by what it covers.

`python -m benchmarks.fuzz.guided SECONDS FOLDER TARGET …` prints the exit status of
each child; what libFuzzer says of it is in the folder.
"""

import os
import sys
from pathlib import Path
from random import Random

import atheris

from benchmarks.fuzz.engine import CORPUS
from benchmarks.fuzz.mutations import mutate_json

#: What is watched; of graphql-core only what reads.
_WATCHED = ["jobwire", "graphql.language", "graphql.utilities", "cronsim"]
#: An input that takes as many seconds, or as many MiB, is a fault.
_MOST_SECONDS = 10
_MOST_MEMORY = 2048

if "jobwire" in sys.modules:
    sys.exit("jobwire was imported before atheris could watch it.")
with atheris.instrument_imports(include=_WATCHED):
    from benchmarks.fuzz.targets import TARGETS


def _mutate(data: bytes, max_size: int, seed: int) -> bytes:
    """Keep most of what is JSON so; the rest is as libFuzzer likes it."""
    random = Random(seed)
    changed = mutate_json(data, random) if random.randrange(5) else None
    if changed is None or len(changed) > max_size:
        mutated: bytes = atheris.Mutate(data, max_size)
        return mutated
    return changed


def _fuzz(target: str, seconds: str, folder: Path) -> None:
    """Run until libFuzzer ends the process."""
    found = folder / "corpus" / target
    found.mkdir(parents=True, exist_ok=True)
    log = os.open(folder / f"{target}.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)
    options = [
        f"-max_total_time={seconds}",
        f"-timeout={_MOST_SECONDS}",
        f"-rss_limit_mb={_MOST_MEMORY}",
        f"-artifact_prefix={folder / target}-",
        "-print_final_stats=1",
        str(found),
        str(CORPUS / target),
    ]
    atheris.Setup([target, *options], TARGETS[target], custom_mutator=_mutate)
    atheris.Fuzz()


def main() -> None:
    """Fuzz the targets one after the other."""
    seconds, folder, *targets = sys.argv[1:]
    for target in targets:
        child = os.fork()
        if child == 0:
            _fuzz(target, seconds, Path(folder))
        _, status = os.waitpid(child, 0)
        print(target, os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
