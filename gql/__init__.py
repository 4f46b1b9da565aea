"""The GraphQL face: one schema, its documents and its transports."""
