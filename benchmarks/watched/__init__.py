"""Servers under many watchers, for the benchmarks of live updates."""
