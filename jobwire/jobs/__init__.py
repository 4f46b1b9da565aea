"""What the system does: use cases, the state machine, executors and the feed."""
