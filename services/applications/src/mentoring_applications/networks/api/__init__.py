"""The REST API of networks."""
