"""The fields of Subscription, one per module."""
