"""The composition root: settings, wiring, processes, the command line."""
