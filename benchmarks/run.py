"""Runs all benchmarks, or those that are named: ./dev bench [NAME …]."""

import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[1]
NAMES = ("latency", "throughput", "idle", "trigger", "trigger_client", "reconcile")


def main() -> int:
    """Run them one after the other; return the exit code."""
    sys.path.insert(0, str(ROOT))
    chosen = sys.argv[1:] or list(NAMES)
    unknown = [name for name in chosen if name not in NAMES]
    if unknown:
        print(f"There is no benchmark {unknown[0]!r}; those are {', '.join(NAMES)}.")
        return 2
    for name in chosen:
        print(f"── {name}", flush=True)
        import_module(f"benchmarks.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
