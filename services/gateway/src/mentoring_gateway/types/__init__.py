"""The types of the GraphQL schema: the records of the services, and how they hang together."""
