"""The REST API of applications."""
