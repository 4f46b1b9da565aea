"""Faults of the wire: what the emulator does to requests and webhooks."""

from random import Random
from typing import Any

TRIGGER = "POST /api/v1/tasks/*/trigger"
_ROUTES = ("*", TRIGGER, "GET /api/v1/runs*", "GET /api/v3/runs/*")
#: Seconds that a list may lag at most, as the real one may.
LAG = 10.0


def request_fault(random: Random) -> dict[str, Any]:
    """Draw what happens to some requests."""
    route = random.choice(_ROUTES)
    common = {"route": route, "times": random.randint(1, 5)}
    accepted = random.random() < 1 / 2
    return random.choice(
        [
            {"kind": "answer", "status": 429, "retryAfter": 1.0, **common},
            {"kind": "answer", "status": 500, "accepted": accepted, **common},
            {"kind": "answer", "status": 503, "accepted": accepted, **common},
            {"kind": "drop", "accepted": accepted, **common},
            {"kind": "slow", "seconds": random.uniform(0.2, 3), **common},
            {"kind": "lag-list", "seconds": random.uniform(1, LAG)},
            {"kind": "crash", "route": TRIGGER},
        ]
    )


def webhook_fault(random: Random) -> dict[str, Any]:
    """Draw what happens to some events on their way."""
    common = {"times": random.randint(1, 10)}
    return random.choice(
        [
            {"kind": "lose-webhook", **common},
            {"kind": "delay-webhook", "seconds": random.uniform(0.2, 8), **common},
            {"kind": "duplicate-webhook", "copies": random.randint(2, 4), **common},
            {"kind": "reorder-webhook", **common},
            {"kind": "corrupt-webhook", "part": "signature", **common},
            {"kind": "corrupt-webhook", "part": "body", **common},
        ]
    )
