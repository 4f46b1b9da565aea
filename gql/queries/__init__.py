"""The fields of Query, one per module."""
