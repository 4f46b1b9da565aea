"""A client for the management API of Trigger.dev that knows nothing of Jobwire."""
