"""What a run of chaos is given."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field

#: What may happen, and how often beside the others.
KINDS = {
    "api": 2.0,
    "worker": 4.0,
    "freeze": 2.0,
    "emulator": 2.0,
    "postgres": 1.0,
    "requests": 6.0,
    "webhooks": 6.0,
}


@dataclass(frozen=True)
class Plan:
    """How long, how wild, and from which seed.

    Attributes:
        seconds: How long faults happen and clients ask.
        seed: Of the monkey and the clients; what the machine makes of it differs.
        mix: The weight of each kind of fault; 0: never.
        clients: How many ask at once.
        pause: The mean of the seconds between two faults.
        lease: `JOBWIRE_LEASE_SECONDS` of the workers.
        executors: Where jobs are asked to run.
        converge: Seconds after which no job may be open any more, and a bit for each
            that then is: 15 s until a lost dispatch is looked for, 30 s of its lease,
            two searches 5 s apart, the run, and a busy machine.
    """

    seconds: float = 60.0
    seed: int = 1
    mix: dict[str, float] = field(default_factory=lambda: dict(KINDS))
    clients: int = 4
    pause: float = 1.5
    lease: float = 2.0
    executors: tuple[str, ...] = ("INTERNAL", "TRIGGER")
    converge: float = 90.0


def read_plan(arguments: Sequence[str]) -> Plan:
    """Read the options of the command line."""
    parser = argparse.ArgumentParser(prog="./dev bench chaos")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--mix",
        type=_mix,
        default=dict(KINDS),
        metavar="KIND=WEIGHT,…",
        help=f"what happens how often: {', '.join(KINDS)}; those not named never",
    )
    parser.add_argument(
        "--pause", type=float, default=1.5, help="mean seconds between two faults"
    )
    given = parser.parse_args(arguments)
    return Plan(
        seconds=given.minutes * 60, seed=given.seed, mix=given.mix, pause=given.pause
    )


def _mix(text: str) -> dict[str, float]:
    mix = dict.fromkeys(KINDS, 0.0)
    for part in text.split(","):
        kind, _, weight = part.partition("=")
        if kind not in KINDS:
            raise argparse.ArgumentTypeError(
                f"there is no kind {kind!r}; those are {', '.join(KINDS)}"
            )
        try:
            mix[kind] = float(weight or 1)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{weight!r} is no weight") from None
    return mix
