"""The REST API of nominations."""
