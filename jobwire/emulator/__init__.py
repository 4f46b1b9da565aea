"""A local Trigger.dev: enough of its API to run jobs on, for development and tests."""
