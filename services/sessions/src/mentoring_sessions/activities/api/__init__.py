"""The REST API of activities and of certificates."""
