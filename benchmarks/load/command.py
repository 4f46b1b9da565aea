"""What the benchmarks under load are told, and what they leave."""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cluster import fresh_database
from benchmarks.load.comparison import Comparison
from benchmarks.load.rounds import ROUNDS
from jobwire.worker.event_loop import new_event_loop

#: A server with room for the table, as one with a million jobs has.
DATABASE = {"shared_buffers": "2GB"}


@dataclass(frozen=True, slots=True)
class Options:
    """What a benchmark is told.

    Attributes:
        jobs: How many the table holds at the beginning.
        rounds: How often each server is asked.
        out: The folder for the figures of every round; None: they are only told.
    """

    jobs: int
    rounds: int = ROUNDS
    out: Path | None = None


Measure = Callable[[str, Options], AsyncIterator[Comparison]]


def run(measure: Measure, arguments: Sequence[str], *, jobs: int) -> None:
    """Measure on a fresh database, tell the medians, and keep the rounds if asked to.

    Args:
        measure: Yields what it compared over the database of a URL.
        arguments: `--jobs N`, `--rounds N` and `--out DIR`.
        jobs: How many jobs there are when nothing else is said.
    """
    parser = argparse.ArgumentParser(prog="./dev bench NAME")
    parser.add_argument("--jobs", type=int, default=jobs)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--out", type=Path)
    options = Options(**vars(parser.parse_args(arguments)))
    with (
        fresh_database(DATABASE) as url,
        asyncio.Runner(loop_factory=new_event_loop) as runner,
    ):
        runner.run(tell(measure(url, options), options.out))


async def tell(comparisons: AsyncIterator[Comparison], out: Path | None) -> None:
    """Print what was compared, one after the other, and keep the rounds in a folder."""
    async for comparison in comparisons:
        print("\n".join(comparison.lines()), flush=True)
        if out is not None:
            _save(comparison, out)


def _save(comparison: Comparison, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(comparison.to_json(), indent=1)
    (out / f"{comparison.name}.json").write_text(f"{text}\n")
