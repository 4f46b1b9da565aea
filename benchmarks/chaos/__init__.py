"""Chaos: everything is killed and garbled for minutes, and nothing may be wrong after.

`./dev bench chaos [--minutes N] [--seed S] [--mix KIND=WEIGHT,…] [--pause SECONDS]`

Real processes work on a durable cluster of their own; clients schedule, cancel and
retry jobs of both executors; a monkey kills API, workers, emulator and PostgreSQL, and
garbles requests and webhooks. Then all faults stop, and what is in the tables is
compared with what the clients were answered, what the code of the jobs wrote down, and
what the emulator ran.
"""

from benchmarks.chaos.command import main

__all__ = ["main"]
