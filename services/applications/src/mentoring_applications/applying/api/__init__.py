"""The REST API of applying."""
