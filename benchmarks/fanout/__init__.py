"""How fast, and how cheaply, one change reaches thousands of sockets."""

from benchmarks.fanout.command import main

__all__ = ["main"]
