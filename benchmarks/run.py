"""Runs all benchmarks, or those that are named: ./dev bench [NAME …].

What begins with `--` and all after it are options of the one that is named.
"""

import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[1]
NAMES = (
    "latency",
    "throughput",
    "counts",
    "cron",
    "idle",
    "trigger",
    "dispatch",
    "trigger_client",
    "reconcile",
    "fanout",
    "queues",
    "commits",
    "verbs",
    "bulk",
    "reads",
    "writes",
    "webhook",
    "growth",
    "chaos",
    "fuzz",
    "differential",
)
#: Those that are run only when they are named.
APART = ("report",)
#: Those that take options.
WITH_OPTIONS = (
    "reads",
    "writes",
    "webhook",
    "fanout",
    "queues",
    "growth",
    "chaos",
    "fuzz",
    "differential",
    "report",
)


def main() -> int:
    """Run them one after the other; return the exit code."""
    sys.path.insert(0, str(ROOT))
    given = sys.argv[1:]
    options = next((place for place, one in enumerate(given) if one[:2] == "--"), None)
    chosen = given[:options] or list(NAMES)
    known = (*NAMES, *APART)
    unknown = [name for name in chosen if name not in known]
    if unknown:
        print(f"There is no benchmark {unknown[0]!r}; those are {', '.join(known)}.")
        return 2
    if options is not None and not (len(chosen) == 1 and chosen[0] in WITH_OPTIONS):
        print(f"Options are for one of {', '.join(WITH_OPTIONS)} alone.")
        return 2
    for name in chosen:
        print(f"── {name}", flush=True)
        benchmark = import_module(f"benchmarks.{name}")
        if options is None:
            benchmark.main()
        else:
            benchmark.main(given[options:])
    return 0


if __name__ == "__main__":
    sys.exit(main())
