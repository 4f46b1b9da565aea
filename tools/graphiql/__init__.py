"""GraphiQL for the page at `/graphql`: which versions, and getting them with npm."""
