"""Fuzzing without a guide: changes of the corpus at random."""

import hashlib
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from random import Random

from benchmarks.fuzz.mutations import mutate_bytes, mutate_json
from benchmarks.fuzz.outcome import Outcome
from benchmarks.fuzz.targets import Target

#: Of how many further inputs each new one may be made.
_MOST_KEPT = 200


def fuzz_blindly(
    name: str,
    target: Target,
    seeds: Sequence[bytes],
    seconds: float,
    *,
    folder: Path,
    seed: int = 0,
) -> Outcome:
    """Give one target changes of its seeds, until one is a fault or time is over.

    Args:
        name: What it is called.
        target: The target.
        seeds: What it is known to stand.
        seconds: For how long.
        folder: Where the input of a fault is written to.
        seed: What the changes depend on.
    """
    random = Random(seed)
    kept = list(seeds)
    runs = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        data = _changed(random.choice(kept), random)
        runs += 1
        try:
            target(data)
        except Exception:  # noqa: BLE001 - that is what is looked for
            folder.mkdir(parents=True, exist_ok=True)
            digest = hashlib.sha256(data).hexdigest()[:16]
            input = folder / f"{name}-crash-{digest}"
            input.write_bytes(data)
            return Outcome(name, runs, traceback.format_exc(), input)
        if len(kept) < _MOST_KEPT:
            kept.append(data)
    return Outcome(name, runs)


def _changed(data: bytes, random: Random) -> bytes:
    changed = mutate_json(data, random) if random.randrange(2) else None
    return mutate_bytes(data, random) if changed is None else changed
