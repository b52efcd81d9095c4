"""One GraphQL schema over the services; it owns no data."""
