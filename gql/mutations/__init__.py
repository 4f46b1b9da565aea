"""The fields of Mutation, one per module."""
