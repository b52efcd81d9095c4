"""The REST API of programmes."""
