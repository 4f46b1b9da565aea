"""The types of the schema, one concept per module."""
