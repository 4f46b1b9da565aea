"""Queues: one worker of ours beside one of graphile-worker and one of PGQueuer.

`./dev bench queues [--only WHAT …] [--rounds N] [--jobs N] [--out FILE]`

One PostgreSQL that writes as safely as a real one, a database for each; workers are
processes of their own on the first core, clients on the second. The systems take turns,
in the other order every other round, and each ratio is one within a round. The peers
are installed into folders of their own at the first run.
"""

from benchmarks.queues.command import main

__all__ = ["main"]
